import { runUnsafeSimulation } from '@cloud-copilot/iam-simulate';
import type { PolicyDocument } from '../../../src/permissions/evaluate.ts';
import type { WireRequest } from './operation.ts';
import type { WireAnswer } from './rewrites.ts';
import { account } from './seed.ts';
import { type Decision, errorXml, type Shape, simulationXml } from './simulator-xml.ts';

/** One question as IAM reads it from the form. */
export interface Question {
  source: string;
  actions: string[];
  resources: string[];
  context: Record<string, string | string[]>;
}

export interface Simulator {
  answer(request: WireRequest): WireAnswer;
  questions: Question[];
}

export interface SimulatorOptions {
  shape: Shape;
  /** Decides each action on each resource; undefined when there is no such principal. */
  judge: (question: Question) => Decision[] | undefined;
  /** Actions that go with no other in one question, as IAM has some; it does not say which. */
  alone?: readonly string[];
  /** Results a page, as many as IAM would give by default unless told. */
  pageSize?: number;
}

/** `iam:SimulatePrincipalPolicy` for a stand-in, in either of the two shapes that AWS has used. */
export function createSimulator(options: SimulatorOptions): Simulator {
  const { shape, judge, alone = ['iam:PassRole'], pageSize = 100 } = options;
  const questions: Question[] = [];
  return {
    questions,
    answer({ body }) {
      const form = new URLSearchParams(body.toString());
      const question = readQuestion(form);
      questions.push(question);
      const refused = refusal(question, alone);
      if (refused) return xmlAnswer(400, errorXml('InvalidInput', refused));
      const decisions = judge(question);
      if (!decisions)
        return xmlAnswer(404, errorXml('NoSuchEntity', `${question.source} not found`));
      const page = { from: Number(form.get('Marker') ?? 0), size: pageSize };
      return xmlAnswer(200, simulationXml(shape, decisions, page));
    },
  };
}

const xmlAnswer = (status: number, xml: string): WireAnswer => ({
  status,
  headers: { 'content-type': 'text/xml' },
  body: Buffer.from(xml),
});

/** What IAM does not take, each seen in use (GitHub issues of tools that simulate). */
function refusal({ source, actions }: Question, alone: readonly string[]): string | undefined {
  if (!/:iam::\d+:(user|role|group)\//.test(source)) {
    return `Invalid Entity Arn: ${source} does not clearly define entity type and name.`;
  }
  const lonely = actions.find((action) => alone.includes(action));
  const other = actions.find((action) => action !== lonely);
  return lonely && other
    ? `Invalid Input Actions: [${lonely}] and [${other}] require different authorization information.`
    : undefined;
}

function readQuestion(form: URLSearchParams): Question {
  const list = (prefix: string) => {
    const values: string[] = [];
    for (let n = 1; form.has(`${prefix}.member.${n}`); n++) {
      values.push(form.get(`${prefix}.member.${n}`) ?? '');
    }
    return values;
  };
  const context: Question['context'] = {};
  for (let n = 1; form.has(`ContextEntries.member.${n}.ContextKeyName`); n++) {
    const entry = `ContextEntries.member.${n}`;
    const values = list(`${entry}.ContextKeyValues`);
    const many = form.get(`${entry}.ContextKeyType`)?.endsWith('List');
    context[form.get(`${entry}.ContextKeyName`) ?? ''] = many ? values : (values[0] ?? '');
  }
  const resources = list('ResourceArns');
  return {
    source: form.get('PolicySourceArn') ?? '',
    actions: list('ActionNames'),
    resources: resources.length === 0 ? ['*'] : resources,
    context,
  };
}

const words = {
  Allowed: 'allowed',
  ImplicitlyDenied: 'implicitDeny',
  ExplicitlyDenied: 'explicitDeny',
} as const;

// To the judge `*` is any resource that the policy names; to IAM's simulator it is none of them.
const nothing = 'arn:aws:nothing:::nothing';

/** Judges by the policies of each principal, with code of other people. */
export function judgeBy(policies: Record<string, PolicyDocument[]>): SimulatorOptions['judge'] {
  return ({ source, actions, resources, context }) => {
    const identityPolicies = policies[source]?.map((policy, n) => ({ name: `p${n}`, policy }));
    if (!identityPolicies) return undefined;
    const decide = (action: string, resource: string) =>
      runUnsafeSimulation(
        {
          request: {
            principal: source,
            action,
            resource: { resource: resource === '*' ? nothing : resource, accountId: account },
            contextVariables: context,
          },
          identityPolicies,
          serviceControlPolicies: [],
          resourceControlPolicies: [],
        },
        {},
      );
    return actions.flatMap((action) =>
      resources.map((resource) => ({
        action,
        resource,
        decision: words[decide(action, resource)],
      })),
    );
  };
}
