import type { Output } from '../../aws/api.ts';
import type { Aws } from '../../aws/aws.ts';
import { isNamed, says } from '../../aws/errors.ts';
import { allPages } from '../../aws/paginate.ts';
import type { Request } from '../../permissions/evaluate.ts';
import type { Gate } from './gate.ts';
import { type Group, judgeResults, type Result, splitGroup } from './simulation.ts';
import type { Judgement } from './verdict.ts';

export interface Judged<R extends Request> {
  request: R;
  judgement: Judgement;
}

export interface Simulator {
  aws: Aws;
  gate: Gate;
}

/** Asks IAM about one group of requests, page by page; apart where IAM will not have them together. */
export async function simulate<R extends Request>(
  arn: string,
  group: Group<R>,
  simulator: Simulator,
): Promise<Judged<R>[]> {
  try {
    const results = await allPages({
      page: (Marker): Promise<Output<'iam:SimulatePrincipalPolicy'>> =>
        simulator.gate(() =>
          simulator.aws.call('iam:SimulatePrincipalPolicy', {
            ...group.input,
            PolicySourceArn: arn,
            Marker,
          }),
        ),
      items: (page): Result[] | undefined => page.EvaluationResults,
      token: (page) => (page.IsTruncated ? page.Marker : undefined),
    });
    return group.requests.map((request) => ({
      request,
      judgement: judgeResults(request, results),
    }));
  } catch (error) {
    const apart =
      group.requests.length > 1 &&
      isNamed(error, 'InvalidInputException', 'InvalidInput') &&
      says(error, 'different authorization information');
    if (!apart) throw error;
    const alone = splitGroup(group).map((each) => simulate(arn, each, simulator));
    return (await Promise.all(alone)).flat();
  }
}
