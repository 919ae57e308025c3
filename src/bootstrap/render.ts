import {
  Document,
  isMap,
  isScalar,
  isSeq,
  type Node,
  Pair,
  type Scalar,
  YAMLMap,
  YAMLSeq,
} from 'yaml';
import type { Template, Value } from './values.ts';

/** What is said above a resource: why it is as it is, or what begins with it. */
const notes: Record<string, string> = {
  Vpc: 'Network: two public subnets, because tasks need no NAT gateway where they have public addresses',
  BalancerSecurityGroup: 'Who may talk to whom',
  TaskSecurityGroup: 'Tasks admit the load balancer and nobody else',
  TaskIngress: 'The tasks have their groups already; this lets the new load balancer in',
  LoadBalancer: 'The load balancer that all previews share; each adds one rule for its host',
  HttpListener: 'Whoever asks without TLS is sent on',
  Certificate:
    'One certificate for all hosts; without a zone, the event of its creation tells the DNS record to write',
  ListenerCertificate: 'The listener serves other domains too; this one is added',
  WildcardRecord: 'One record for all hosts, so that no preview waits for DNS',
  ExecutionRole: 'ECS starts tasks with this role',
  BuildRole: 'CodeBuild builds images with this role',
  OidcProvider:
    'Whom the account trusts to sign the tokens of CI jobs; kept when the stack is deleted, as others may use it by then',
  DeployPolicy1:
    'What deploying needs; `previewops policy` prints the same, docs/permissions.md the reasons',
  DeployRole: 'CI jobs of the repository take on this role, and no others',
  EcsServiceRole:
    'The role that ECS itself works with; kept when the stack is deleted, as the account has one only',
  Cluster:
    'Last to be made and first to be deleted: while previews run, AWS refuses that, and the rest stays too',
};

const header = (stackName: string) =>
  [
    ' Made by `previewops init --bootstrap`. By hand:',
    `   aws cloudformation deploy --stack-name ${stackName} --template-file THIS_FILE --capabilities CAPABILITY_NAMED_IAM`,
  ].join('\n');

const functions: Record<string, string> = {
  Ref: '!Ref',
  'Fn::GetAtt': '!GetAtt',
  'Fn::Sub': '!Sub',
  'Fn::Join': '!Join',
  'Fn::Split': '!Split',
  'Fn::Select': '!Select',
  'Fn::GetAZs': '!GetAZs',
  'Fn::If': '!If',
  'Fn::Equals': '!Equals',
  'Fn::Not': '!Not',
};

/**
 * The template as YAML for people: functions in their short form, a word on each part, a blank line
 * between resources. It means the same as the data: CloudFormation reads YAML 1.1, so texts that this
 * takes for numbers, dates or truth values are quoted.
 */
export function renderTemplate(template: Template, stackName: string): string {
  const document = new Document(undefined, { schema: 'yaml-1.1' });
  const top = nodeOf(template as unknown as Value, document);
  if (isMap(top)) {
    top.items.forEach((section, index) => {
      space(section, { first: index === 0 });
      const inside =
        keyOf(section) === 'Resources' && isMap(section.value) ? section.value.items : [];
      inside.forEach((pair, at) => {
        space(pair, { note: notes[keyOf(pair)], first: at === 0 });
      });
    });
  }
  document.contents = top;
  document.commentBefore = header(stackName);
  return document.toString({ lineWidth: 0, singleQuote: true });
}

/** A node of the document; functions become tags on what they are applied to. */
function nodeOf(value: Value, document: Document): Node {
  if (Array.isArray(value)) return listOf(value, { document, flow: isLine(value) });
  if (typeof value !== 'object' || value === null) return document.createNode(value) as Node;
  const [name, argument] = functionOf(value);
  const tag = name === undefined ? undefined : functions[name];
  if (tag !== undefined) return tagged(tag, argument, document);
  const map = new YAMLMap();
  map.items = Object.entries(value).map(
    ([key, each]) => new Pair(document.createNode(key), nodeOf(each, document)),
  );
  return map;
}

function tagged(tag: string, argument: Value, document: Document): Node {
  const plain = tag === '!GetAtt' && Array.isArray(argument) ? argument.join('.') : argument;
  const node = Array.isArray(plain)
    ? listOf(plain, { document, flow: JSON.stringify(plain).length < 150 })
    : nodeOf(plain, document);
  if (isScalar(node) || isMap(node) || isSeq(node)) node.tag = tag;
  return node;
}

function listOf(
  values: readonly Value[],
  { document, flow }: { document: Document; flow: boolean },
): YAMLSeq {
  const list = new YAMLSeq();
  list.items = values.map((each) => nodeOf(each, document));
  list.flow = flow;
  // Parsers of YAML 1.1 stumble over signs in lists on one line.
  if (flow) for (const item of list.items) if (isScalar(item)) quote(item);
  return list;
}

function quote(scalar: Scalar): void {
  const { value, tag } = scalar;
  if (typeof value === 'string' && tag === undefined && !word.test(value)) {
    scalar.type = 'QUOTE_SINGLE';
  }
}

const word = /^[A-Za-z][\w-]*$/;

/** Whether a list goes on one line: a few words, and references to such. */
function isLine(values: readonly Value[]): boolean {
  const texts = values.map((each) => (typeof each === 'object' ? functionOf(each)[1] : each));
  const words = texts.every((text) => typeof text === 'string' && word.test(text));
  return words && values.length > 0 && texts.join().length < 80;
}

/** `['Ref', 'Vpc']` of a function with its argument; undefined and the value of what is none. */
function functionOf(value: Value): [name: string | undefined, argument: Value] {
  const [first, ...more] = typeof value === 'object' ? Object.entries(value) : [];
  const known = first !== undefined && more.length === 0 && Object.hasOwn(functions, first[0]);
  return known ? first : [undefined, value];
}

const keyOf = (pair: Pair) => (isScalar(pair.key) ? String(pair.key.value) : '');

function space(pair: Pair, { note, first }: { note?: string | undefined; first: boolean }): void {
  if (!isScalar(pair.key)) return;
  pair.key.spaceBefore = !first;
  if (note !== undefined) pair.key.commentBefore = ` ${note}`;
}
