import type {
  CreateChangeSetCommandInput,
  CreateChangeSetOutput,
} from '@aws-sdk/client-cloudformation';
import { arnOf } from '../arn.ts';
import type { ChangeSet, Stack, Template } from '../stack-types.ts';
import type { Ctx, Operation } from '../types.ts';
import { findStack, onStack } from './cloudformation-common.ts';
import { differenceOf } from './cloudformation-diff.ts';
import { formatError, stackError, validationError } from './cloudformation-errors.ts';
import { setStatus } from './cloudformation-events.ts';
import { kindOf } from './cloudformation-kinds.ts';
import { namesOf, orderOf } from './cloudformation-names.ts';
import { parametersOf } from './cloudformation-parameters.ts';
import { parseTemplate } from './cloudformation-template.ts';

/** CreateChangeSet, CloudFormation API Reference: bytes of a template in the request itself. */
const mostBytes = 51_200;
const namePattern = /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/;
const noChanges =
  "The submitted information didn't contain changes. Submit different information to create a change set.";

export const CreateChangeSet = {
  authorize: onStack('CreateChangeSet'),
  run(input: CreateChangeSetCommandInput, ctx: Ctx): CreateChangeSetOutput {
    const { world } = ctx;
    const {
      StackName: stackName = '',
      ChangeSetName: name = '',
      ChangeSetType: type = 'UPDATE',
    } = input;
    const found = findStack(world, stackName);
    const same = Object.values(found?.changeSets ?? {}).find(
      (each) => each.name === name && each.execution === undefined,
    );
    if (found && same && input.ClientToken !== undefined && same.token === input.ClientToken) {
      return { Id: same.id, StackId: found.id };
    }
    if (same) throw stackError('AlreadyExists', `ChangeSet ${name} already exists`);
    if (!namePattern.test(name)) throw tooStrange('changeSetName', name);
    if (type !== 'CREATE' && type !== 'UPDATE') {
      throw validationError(`Change sets of the type ${type} are not simulated`);
    }
    checkStanding(found, { stackName, name, type });
    const template = templateOf(input);
    checkCapabilities(template, input.Capabilities);
    const parameters = parametersOf(world, template, {
      given: input.Parameters,
      before: found?.parameters ?? {},
    });
    const stack = found ?? newStack(ctx, stackName);
    const needs = needsOf(ctx, stack, { template, parameters });
    const { changes, any } = differenceOf(world, stack, { template, parameters, needs });
    if (!found) {
      world.cloudformation.stacks[stack.id] = stack;
      setStatus(ctx, stack, 'REVIEW_IN_PROGRESS', 'User Initiated');
    }
    const id = arnOf(world, 'cloudformation', `changeSet/${name}/${uuid(ctx)}`);
    stack.changeSets[id] = {
      id,
      name,
      type,
      createdAt: ctx.now,
      ...(input.ClientToken === undefined ? {} : { token: input.ClientToken }),
      template,
      parameters,
      changes,
      ...(any ? {} : { failure: noChanges }),
    } satisfies ChangeSet;
    return { Id: id, StackId: stack.id };
  },
} satisfies Operation;

const uuid = (ctx: Ctx) => [8, 4, 4, 4, 12].map((length) => ctx.id(length)).join('-');

function newStack(ctx: Ctx, name: string): Stack {
  if (!namePattern.test(name)) throw tooStrange('stackName', name);
  const id = arnOf(ctx.world, 'cloudformation', `stack/${name}/${uuid(ctx)}`);
  return {
    id,
    name,
    status: 'REVIEW_IN_PROGRESS',
    createdAt: ctx.now,
    parameters: {},
    resources: {},
    outputs: {},
    events: [],
    changeSets: {},
  };
}

const tooStrange = (member: string, value: string) =>
  validationError(
    `1 validation error detected: Value '${value}' at '${member}' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );

const updatable = ['CREATE_COMPLETE', 'UPDATE_COMPLETE', 'UPDATE_ROLLBACK_COMPLETE'];

function checkStanding(
  stack: Stack | undefined,
  { stackName, name, type }: { stackName: string; name: string; type: 'CREATE' | 'UPDATE' },
): void {
  const inReview = stack?.status === 'REVIEW_IN_PROGRESS';
  if (type === 'CREATE') {
    if (!stack || inReview) return;
    throw validationError(
      `Stack [${stackName}] already exists and cannot be created again with the changeSet [${name}].`,
    );
  }
  if (!stack) throw validationError(`Stack [${stackName}] does not exist`);
  if (updatable.includes(stack.status)) return;
  throw validationError(`Stack:${stack.id} is in ${stack.status} state and can not be updated.`);
}

function templateOf({ TemplateBody: body }: CreateChangeSetCommandInput): Template {
  if (body === undefined)
    throw validationError('Either Template URL or Template Body must be specified.');
  if (Buffer.byteLength(body) > mostBytes) {
    throw validationError(
      `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${mostBytes}`,
    );
  }
  const template = parseTemplate(body);
  const types = Object.values(template.resources).map(({ type }) => type);
  const strange = [...new Set(types.filter((type) => !kindOf(type)))];
  if (strange.length > 0) throw formatError(`Unrecognized resource types: [${strange.join(', ')}]`);
  return template;
}

/** Roles and policies have to be agreed to, and once more when they have names of their own. */
function checkCapabilities({ resources }: Template, given: readonly string[] = []): void {
  const ofIam = Object.values(resources).filter(({ type }) =>
    /^AWS::IAM::(Role|ManagedPolicy)$/.test(type),
  );
  const named = ofIam.some(({ properties }) => properties.RoleName ?? properties.ManagedPolicyName);
  if (ofIam.length === 0 || given.includes('CAPABILITY_NAMED_IAM')) return;
  if (!named && given.includes('CAPABILITY_IAM')) return;
  const wanted = named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM';
  throw stackError('InsufficientCapabilities', `Requires capabilities : [${wanted}]`);
}

export function needsOf(
  { world }: Ctx,
  stack: Stack,
  { template, parameters }: { template: Template; parameters: Record<string, string> },
): Record<string, string[]> {
  const names = namesOf({ world, stack, template, parameters, resources: {} });
  return Object.fromEntries(orderOf(template, names));
}
