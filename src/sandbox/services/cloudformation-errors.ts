import { type AwsErrorShape, awsError } from '../errors.ts';

/** What CloudFormation finds wrong with a request or a template. */
export const validationError = (message: string): AwsErrorShape =>
  awsError('ValidationError', message, { code: 'ValidationError' });

/** An error that CloudFormation models: the SDK adds `Exception` to the code on the wire. */
export const stackError = (code: string, message: string, status = 400): AwsErrorShape =>
  awsError(`${code}Exception`, message, { code, status });

/** What is wrong with the text of a template. */
export const formatError = (problem: string) =>
  validationError(`Template format error: ${problem}`);

/** Two things of one name, in the words that resource handlers share. */
export const alreadyExists = (type: string, id: string): AwsErrorShape =>
  awsError('AlreadyExists', `Resource of type '${type}' with identifier '${id}' already exists.`);

/** A request that the service behind a resource refuses. */
export const invalidRequest = (message: string): AwsErrorShape =>
  awsError('InvalidRequest', message);
