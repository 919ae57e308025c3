import { PreviewopsError } from '../errors.ts';
import type { PolicyDocument, Statement } from './evaluate.ts';

/** Characters of a managed policy, white space not counted (IAM User Guide, "IAM and AWS STS quotas"). */
export const managedPolicyLimit = 6_144;
/** Of all inline policies of a role together (same page). */
export const inlinePolicyLimit = 10_240;

/** What AWS counts of a document. */
export const sizeOf = (document: PolicyDocument): number =>
  JSON.stringify(document).replaceAll(/\s/g, '').length;

/**
 * The document as one or more that each stay within the limit and together say the same: every
 * statement goes, in order, into the first document that has room.
 */
export function splitPolicy(
  { Statement: given, ...head }: PolicyDocument,
  limit = managedPolicyLimit,
): PolicyDocument[] {
  const documents: { Statement: Statement[] }[] = [];
  for (const statement of [given].flat()) {
    const withIt = (statements: Statement[]) => ({
      ...head,
      Statement: [...statements, statement],
    });
    const roomy = documents.find(({ Statement: has }) => sizeOf(withIt(has)) <= limit);
    if (roomy) roomy.Statement.push(statement);
    else documents.push({ Statement: [statement] });
  }
  if (documents.length === 0) documents.push({ Statement: [] });
  return documents.map((document) => ({ ...head, ...document }));
}

const isPolicy = (given: unknown): given is PolicyDocument =>
  typeof given === 'object' && given !== null && 'Statement' in given;

/**
 * The policy documents of a JSON file: one, a list of them as a split policy is printed, or what
 * `aws iam get-policy-version` and `get-role-policy` answer. `where` names the file in errors.
 * Throws `bad-usage` when the text is neither.
 */
export function readPolicies(text: string, where: string): PolicyDocument[] {
  const given = parse(text, where);
  const list = [given].flat().map(unwrap);
  if (list.length > 0 && list.every(isPolicy)) return list;
  throw new PreviewopsError('bad-usage', `${where} holds no IAM policy: it has no "Statement"`, {
    hint: 'Give a JSON file with one policy document or a list of them, such as `previewops policy` prints.',
  });
}

function parse(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PreviewopsError('bad-usage', `${where} is not JSON: ${(error as Error).message}`, {
      hint: 'Give a JSON file with one policy document or a list of them, such as `previewops policy` prints.',
      cause: error,
    });
  }
}

/** The AWS CLI shows a document inside of what it belongs to. */
function unwrap(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || isPolicy(given)) return given;
  const { PolicyDocument: inline, PolicyVersion: version } = given as Record<string, unknown>;
  if (inline !== undefined) return inline;
  return (version as { Document?: unknown } | undefined)?.Document ?? given;
}
