/** A value of a template: plain data, in which CloudFormation's functions stand in their long form. */
export type Value =
  | string
  | number
  | boolean
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A variable in the text of `Fn::Sub`. */
export const variable = (id: string): string => `\${${id}}`;
/** Text with variables. */
export const substitute = (text: string): Value => ({ 'Fn::Sub': text });
export const ref = (id: string): Value => ({ Ref: id });
export const attribute = (id: string, name: string): Value => ({ 'Fn::GetAtt': [id, name] });
export const join = (by: string, list: Value): Value => ({ 'Fn::Join': [by, list] });
export const split = (by: string, text: Value): Value => ({ 'Fn::Split': [by, text] });
export const pick = (index: number, list: Value): Value => ({ 'Fn::Select': [index, list] });
export const choose = (condition: string, then: Value, otherwise: Value): Value => ({
  'Fn::If': [condition, then, otherwise],
});
export const isEmpty = (id: string): Value => ({ 'Fn::Equals': [ref(id), ''] });
export const isGiven = (id: string): Value => ({ 'Fn::Not': [isEmpty(id)] });

/** Leaves the property out, as the other branch of a `choose`. */
export const nothing = ref('AWS::NoValue');

/** `name` is what the console shows where a resource has no name of its own. */
export const tags = (name?: string): Value => [
  ...(name === undefined ? [] : [{ Key: 'Name', Value: name }]),
  // Not the value of previews: what decides what belongs to one must never take this for it.
  { Key: 'previewops:managed-by', Value: 'bootstrap' },
];

export interface Parameter {
  Type: string;
  Description: string;
  Default?: string | number;
  AllowedPattern?: string;
  MinValue?: number;
  MaxValue?: number;
}
export interface Resource {
  Type: string;
  Condition?: string;
  DependsOn?: readonly string[];
  DeletionPolicy?: 'Retain';
  UpdateReplacePolicy?: 'Retain';
  Properties: { readonly [key: string]: Value };
}
export interface Output {
  Description: string;
  Value: Value;
  Condition?: string;
}

/** A CloudFormation template as data, in the order in which it is to be read. */
export interface Template {
  AWSTemplateFormatVersion: '2010-09-09';
  Description: string;
  Parameters: Record<string, Parameter>;
  Conditions?: Record<string, Value>;
  Resources: Record<string, Resource>;
  Outputs: Record<string, Output>;
}

/** What one subject adds to the template. */
export interface Part {
  parameters?: Record<string, Parameter>;
  conditions?: Record<string, Value>;
  resources?: Record<string, Resource>;
  outputs?: Record<string, Output>;
}
