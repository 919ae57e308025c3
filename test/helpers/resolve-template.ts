import type { Resource, Template, Value } from '../../src/bootstrap/values.ts';
import { account, certificateArn, region } from './bootstrap.ts';

/** Ids as AWS would give them to what the stack makes, by logical id. */
const physical: Record<string, string> = {
  Vpc: 'vpc-0123456789abcdef0',
  SubnetA: 'subnet-0123456789abcdefa',
  SubnetB: 'subnet-0123456789abcdefb',
  BalancerSecurityGroup: 'sg-0123456789abcdefa',
  TaskSecurityGroup: 'sg-0123456789abcdefb',
  InternetGateway: 'igw-0123456789abcdef0',
  HttpsListener: `arn:aws:elasticloadbalancing:${region}:${account}:listener/app/previewops/0123456789abcdef/fedcba9876543210`,
  Certificate: certificateArn,
  OidcProvider: `arn:aws:iam::${account}:oidc-provider/made`,
};

/**
 * The template as AWS would carry it out: conditions decided, functions applied, what is left out
 * gone. Throws on a reference to what is not there.
 */
export function resolveTemplate(template: Template): Template {
  const parameters = Object.entries(template.Parameters).map(([key, { Type, Default }]) => {
    const value = Type.startsWith('List<') ? String(Default).split(',') : Default;
    return [key, value as Value] as const;
  });
  const values = new Map<string, Value>([
    ...parameters,
    ['AWS::AccountId', account],
    ['AWS::Region', region],
    ['AWS::Partition', 'aws'],
  ]);
  const holds = (name: string) => apply(template.Conditions?.[name] ?? missing(name)) === true;
  /** Without those whose condition does not hold. */
  const madeOnes = (): Record<string, Resource> =>
    Object.fromEntries(
      Object.entries(template.Resources).filter(
        ([, { Condition }]) => Condition === undefined || holds(Condition),
      ),
    );
  const known = (id: string): Value => {
    if (values.has(id)) return values.get(id) ?? missing(id);
    const resource = madeOnes()[id] ?? missing(id);
    return physical[id] ?? apply(resource.Properties.ManagedPolicyName ?? id);
  };
  const attributeOf = (id: string, name: string): Value => {
    const resource = madeOnes()[id] ?? missing(id);
    if (resource.Type === 'AWS::IAM::Role') {
      return `arn:aws:iam::${account}:role/${apply(resource.Properties.RoleName ?? '')}`;
    }
    return name === 'GroupId' ? known(id) : `${id}.${name}`;
  };
  const functions: Record<string, (argument: Value) => Value | undefined> = {
    Ref: (id) => (id === 'AWS::NoValue' ? undefined : known(String(id))),
    'Fn::GetAtt': (pair) => attributeOf(...(pair as [string, string])),
    'Fn::Equals': (pair) => {
      const [one, other] = (pair as Value[]).map(apply);
      return one === other;
    },
    'Fn::Not': (list) => apply((list as Value[])[0] ?? '') === false,
    'Fn::If': (parts) => {
      const [name, then, otherwise] = parts as [string, Value, Value];
      return optional(holds(name) ? then : otherwise);
    },
    'Fn::Join': (parts) => {
      const [by, list] = parts as [string, Value];
      return (apply(list) as string[]).join(by);
    },
    'Fn::Split': (parts) => {
      const [by, text] = parts as [string, Value];
      return String(apply(text)).split(by);
    },
    'Fn::Select': (parts) => {
      const [index, list] = parts as [number, Value];
      return (apply(list) as Value[])[index];
    },
    'Fn::GetAZs': () => ['a', 'b', 'c'].map((letter) => `${region}${letter}`),
    'Fn::Sub': (given) => {
      const [text, own] = Array.isArray(given)
        ? (given as [string, Record<string, Value>])
        : [String(given), {}];
      return text.replaceAll(/\$\{([\w:.]+)\}/g, (_, id: string) =>
        String(Object.hasOwn(own, id) ? apply(own[id] ?? '') : known(id)),
      );
    },
  };
  /** Undefined for what is left out. */
  function optional(value: Value): Value | undefined {
    if (Array.isArray(value)) return value.flatMap((each) => optional(each) ?? []);
    if (typeof value !== 'object') return value;
    const entries = Object.entries(value);
    const [name = '', argument = ''] = entries[0] ?? [];
    if (entries.length === 1 && Object.hasOwn(functions, name)) return functions[name]?.(argument);
    const kept = entries.map(([key, each]) => [key, optional(each)] as const);
    return Object.fromEntries(kept.filter(([, each]) => each !== undefined)) as Value;
  }
  function apply(value: Value): Value {
    return optional(value) ?? missing(JSON.stringify(value));
  }
  const resources = Object.entries(madeOnes()).map(([id, { DependsOn = [], ...resource }]) => {
    for (const other of DependsOn) if (!Object.hasOwn(template.Resources, other)) missing(other);
    return [id, { ...resource, Properties: apply(resource.Properties) }];
  });
  const outputs = Object.entries(template.Outputs).map(([key, output]) => [
    key,
    { ...output, Value: apply(output.Value) },
  ]);
  return {
    ...template,
    Resources: Object.fromEntries(resources),
    Outputs: Object.fromEntries(outputs),
  };
}

function missing(what: string): never {
  throw new Error(`the template has no ${what}`);
}
