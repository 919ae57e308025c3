import type { PolicyDocument, Statement } from '../../../src/permissions/evaluate.ts';
import { actionsOnly, attach, createUser, iam, type Keys } from './iam.ts';
import { account } from './seed.ts';
import type { WireWorld } from './world.ts';

export interface Patient extends Keys {
  arn: string;
  /** All that IAM would judge the user by. */
  policies: PolicyDocument[];
}

/**
 * A user with these managed policies, and with doctor's reads through a group. moto lets through
 * only what is allowed on `*`, so the reads are; the rest is for doctor to judge and never called.
 */
export async function createPatient(
  { moto: { url } }: WireWorld,
  name: string,
  { policies, reads }: { policies: readonly PolicyDocument[]; reads: readonly PolicyDocument[] },
): Promise<Patient> {
  const own = document({ Effect: 'Allow', Action: 'sts:Get*', Resource: '*' });
  const keys = await createUser(url, name, own);
  await attach(url, name, policies);
  const GroupName = `${name}-readers`;
  await iam(url, 'CreateGroup', { GroupName });
  await iam(url, 'AddUserToGroup', { GroupName, UserName: name });
  const open = reads.map(actionsOnly);
  for (const [index, each] of open.entries()) {
    await iam(url, 'PutGroupPolicy', {
      GroupName,
      PolicyName: `reads-${index}`,
      PolicyDocument: JSON.stringify(each),
    });
  }
  return {
    ...keys,
    arn: `arn:aws:iam::${account}:user/${name}`,
    policies: [own, ...policies, ...open],
  };
}

/** A policy of one statement. */
export const document = (statement: Statement): PolicyDocument => ({
  Version: '2012-10-17',
  Statement: [statement],
});

/** The documents without an action, as one that forgot it; a statement left empty is left out. */
export function without(documents: readonly PolicyDocument[], action: string): PolicyDocument[] {
  const rest = ({ Action = [], ...statement }: Statement): Statement[] => {
    const left = [Action].flat().filter((each) => each !== action);
    return left.length === 0 ? [] : [{ ...statement, Action: left }];
  };
  return documents.map((each) => ({
    ...each,
    Statement: [each.Statement].flat().flatMap(rest),
  }));
}
