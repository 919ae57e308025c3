import { featuresOf } from '../../config/features.ts';
import { ciCommands } from '../../permissions/needs.ts';
import { neededRequests } from '../../permissions/requests.ts';
import { stackRoleName } from '../../preview/names.ts';
import { type Check, fail, ok, skip } from '../check.ts';
import { renewal } from '../iam/stack-role.ts';

/**
 * The role by which CI deploys is known only where the bootstrap's stack made it. Whoever runs doctor
 * is seldom that role, and what the configuration has come to use since would show in CI alone. It is
 * judged by its policies, which are the stack's: asking IAM would take as long as all the rest.
 */
export const deployRole: Check = {
  id: 'roles.deploy',
  group: 'roles',
  title: "the stack's deploy role may do what CI does",
  async run({ app, config, scope, role, iam }) {
    const found = await role(stackRoleName(app, 'deploy'));
    if (!found.ok) return [found.gap];
    const arn = found.value?.Arn;
    if (arn === undefined) return [];
    const requests = neededRequests(scope, {
      commands: ciCommands,
      tags: config.tags,
      features: featuresOf(config),
    });
    const read = await iam.judgeByPolicies(arn, requests);
    if (!read.ok) return [read.gap];
    const denied = read.value.filter(({ judgement }) => judgement.state === 'denied');
    const actions = [...new Set(denied.map(({ request }) => request.action))];
    if (actions.length > 0) return [fail(`${arn} lacks ${actions.join(', ')}`, renewal)];
    const sure = read.value.every(({ judgement }) => judgement.state === 'allowed');
    return [sure ? ok(arn) : skip(`${arn} has conditions of which nothing can be told from here`)];
  },
};
