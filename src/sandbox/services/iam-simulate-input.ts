import type { SimulatePrincipalPolicyCommandInput } from '@aws-sdk/client-iam';
import type { PolicyDocument } from '../../permissions/evaluate.ts';
import type { AwsErrorShape } from '../errors.ts';
import { type Principal, principalAt } from '../principals.ts';
import type { Ctx } from '../types.ts';
import { type ResourceType, resourceTypesOf } from './iam-actions.ts';
import { iamError, noSuchEntity, validationError } from './iam-common.ts';

export const invalidInput = (message: string): AwsErrorShape => iamError('InvalidInput', message);

/** The IAM entity whose policies are asked about: sessions, root and federated users are none. */
export function needSource(ctx: Ctx, arn: string | undefined): Principal {
  const [, kind, name] =
    /^arn:[^:]+:iam::\d{12}:(user|role|group)\/(?:.*\/)?([^/]+)$/.exec(arn ?? '') ?? [];
  if (kind === undefined) {
    throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`);
  }
  const found = principalAt(ctx, arn ?? '');
  if (!found) throw noSuchEntity(`The ${kind} with name ${name} cannot be found.`);
  return found;
}

/** The actions asked about, each once, and the resource types that they share. */
export function readActions(names: readonly string[] | undefined): {
  actions: string[];
  types: readonly ResourceType[] | undefined;
} {
  const actions = [...new Set(names)];
  const [first] = actions;
  if (first === undefined) {
    throw validationError("1 validation error detected: Value at 'actionNames' must not be null");
  }
  const odd = actions.find((name) => name.length < 3 || name.length > 128 || !name.includes(':'));
  if (odd !== undefined) throw invalidInput(`Invalid Input Action: ${odd}`);
  const other = actions.find((name) => kindOf(name) !== kindOf(first));
  if (other !== undefined) {
    throw invalidInput(
      `Invalid Input Actions: [${first}] and [${other}] require different authorization information.`,
    );
  }
  return { actions, types: resourceTypesOf(first) };
}

/** Actions go together that are of one service and judged on the same resource types. */
function kindOf(action: string): string {
  const names = resourceTypesOf(action)?.map(({ name }) => name);
  return `${action.split(':')[0]?.toLowerCase()} ${names?.join() ?? '?'}`;
}

/** Lists stay lists, even of one value. */
export function readContext({ ContextEntries = [] }: SimulatePrincipalPolicyCommandInput) {
  return Object.fromEntries(
    ContextEntries.map(({ ContextKeyName, ContextKeyValues = [], ContextKeyType }) => {
      if (!ContextKeyName || !ContextKeyType) {
        throw validationError('A context entry needs a name and a type');
      }
      const [first = ''] = ContextKeyValues;
      const isList = ContextKeyType.endsWith('List');
      if (!isList && ContextKeyValues.length !== 1) {
        throw invalidInput(
          `Context entry ${ContextKeyName} of type ${ContextKeyType} needs one value`,
        );
      }
      return [ContextKeyName, isList ? [...ContextKeyValues] : first];
    }),
  );
}

export function readDocuments(texts: readonly string[] | undefined): PolicyDocument[] {
  return (texts ?? []).map((text) => {
    try {
      return JSON.parse(text) as PolicyDocument;
    } catch {
      throw invalidInput('A policy in the input is not valid JSON');
    }
  });
}

/** What the sandbox does not simulate is refused, never ignored. */
export function refuseUnknown(input: SimulatePrincipalPolicyCommandInput): void {
  const members = ['PolicyExclusionList', 'ResourcePolicy', 'ResourceOwner', 'CallerArn'] as const;
  const other = members.find((member) => input[member] !== undefined);
  if (other) throw invalidInput(`The sandbox does not simulate ${other}.`);
}
