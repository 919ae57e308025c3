import type { Properties, Template, TemplateResource, Value } from '../stack-types.ts';
import { formatError } from './cloudformation-errors.ts';
import { readTemplate } from './cloudformation-text.ts';

const sections = ['AWSTemplateFormatVersion', 'Description', 'Metadata'];
const read = ['Parameters', 'Conditions', 'Resources', 'Outputs'];
const members = ['Type', 'Properties', 'Condition', 'DependsOn', 'Metadata'];
const policies = ['DeletionPolicy', 'UpdateReplacePolicy'];

/** A template by its sections. What the sandbox would have to pass over is refused. */
export function parseTemplate(text: string): Template {
  const top = mapOf(readTemplate(text), 'the template');
  const strange = Object.keys(top).find((key) => ![...sections, ...read].includes(key));
  if (strange !== undefined) {
    throw formatError(`Invalid template property or properties [${strange}]`);
  }
  const parts = (key: string) =>
    Object.entries(mapOf(top[key] ?? {}, key)).map(([id, value]) => [id, value] as const);
  const resources = parts('Resources').map(([id, value]) => [id, resourceOf(id, value)] as const);
  if (resources.length === 0) {
    throw formatError('At least one Resources member must be defined.');
  }
  return {
    ...(typeof top.Description === 'string' ? { description: top.Description } : {}),
    parameters: Object.fromEntries(
      parts('Parameters').map(([id, value]) => [id, mapOf(value, `/Parameters/${id}`)]),
    ),
    conditions: Object.fromEntries(parts('Conditions')),
    resources: Object.fromEntries(resources),
    outputs: Object.fromEntries(parts('Outputs').map(([id, value]) => [id, outputOf(id, value)])),
  };
}

function resourceOf(id: string, given: Value): TemplateResource {
  if (!/^[A-Za-z0-9]+$/.test(id)) {
    throw formatError(`Resource name ${id} is non alphanumeric.`);
  }
  const resource = mapOf(given, `/Resources/${id}`);
  const strange = Object.keys(resource).find((key) => ![...members, ...policies].includes(key));
  if (strange !== undefined) {
    throw formatError(`Invalid template resource property '${strange}'`);
  }
  const { Type, Condition, DependsOn = [], DeletionPolicy, UpdateReplacePolicy } = resource;
  if (typeof Type !== 'string') {
    throw formatError(`[/Resources/${id}] Every Resources object must contain a Type member.`);
  }
  return {
    type: Type,
    ...(typeof Condition === 'string' ? { condition: Condition } : {}),
    dependsOn: [DependsOn].flat().map(String),
    keep: { removed: keeps(DeletionPolicy), replaced: keeps(UpdateReplacePolicy) },
    properties: mapOf(resource.Properties ?? {}, `/Resources/${id}/Properties`),
  };
}

function keeps(policy: Value | undefined): boolean {
  if (policy === undefined || policy === 'Delete') return false;
  if (policy === 'Retain') return true;
  throw formatError(`Unrecognized DeletionPolicy ${JSON.stringify(policy)}`);
}

function outputOf(id: string, given: Value): Template['outputs'][string] {
  const { Value: value, Description, Condition, ...more } = mapOf(given, `/Outputs/${id}`);
  const strange = Object.keys(more)[0];
  if (strange !== undefined)
    throw formatError(`Output ${id} has ${strange}, which is not simulated`);
  if (value === undefined) throw formatError('Output must contain Value');
  return {
    value,
    ...(typeof Description === 'string' ? { description: Description } : {}),
    ...(typeof Condition === 'string' ? { condition: Condition } : {}),
  };
}

export function mapOf(value: Value, where: string): Properties {
  if (typeof value === 'object' && !Array.isArray(value)) return value;
  throw formatError(`${where} must be an object`);
}
