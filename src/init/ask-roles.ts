import type { Role } from './account.ts';
import { candidates, type Kind, type Place, roleChoice, trusts } from './propose-roles.ts';
import type { Choice } from './question.ts';
import { askOne, readOr, type Survey, type Tools } from './survey.ts';

type About = { survey: Survey; tools: Tools };

/** Of those that trust the service, so many are judged: each costs questions to IAM. */
const mostJudged = 6;

export async function askRoles({ survey, tools }: About): Promise<void> {
  const roles = readOr(await tools.access?.account.roles(), 'roles', tools);
  const execution = await askOne(
    'executionRoleArn',
    {
      flag: '--execution-role ARN',
      title: 'Role that starts tasks',
      choices: await choicesOf('execution', roles, { survey, tools }),
      makes: 'the stack makes one',
      lacking: 'no role trusts ECS tasks and may pull images and write logs',
    },
    { survey, tools },
  );
  const own = execution.kind === 'value' ? execution.value : undefined;
  const choices = await choicesOf('build', roles, { survey, tools });
  // One that serves both needs no second line in the file.
  const both = choices.find(({ value, problem }) => value === own && problem === undefined);
  const { before } = tools;
  const build = await askOne(
    'buildRoleArn',
    {
      flag: '--build-role ARN',
      title: 'Role that builds images',
      choices: both ? [both, ...choices.filter((each) => each !== both)] : choices,
      makes: 'the stack makes one',
      lacking: 'no role trusts CodeBuild and may push images',
      // Without AWS nothing is known of it, and the execution role is the default.
      optional: tools.access === undefined,
    },
    // A file with one role has it for both.
    {
      survey,
      tools: {
        ...tools,
        before: { ...before, buildRoleArn: before.buildRoleArn ?? before.executionRoleArn },
      },
    },
  );
  if (build.kind === 'value' && build.value === own) survey.values.buildRoleArn = undefined;
}

async function choicesOf(
  kind: Kind,
  roles: readonly Role[],
  { survey, tools }: About,
): Promise<Choice<string>[]> {
  const { access } = tools;
  if (!access) return [];
  const { region, id: account, partition } = access;
  const place: Place = { region, account, partition, app: survey.values.app ?? 'app' };
  const judged = await Promise.all(
    candidates(roles, kind, place)
      .slice(0, mostJudged)
      .map(async (role) => {
        const key = kind === 'execution' ? 'executionRoleArn' : 'buildRoleArn';
        const verdict = await access.judgeRole(kind, { ...survey.values, [key]: role.Arn });
        const alsoTasks = kind === 'build' && trusts(role, 'execution', place);
        return roleChoice(role, { kind, verdict, alsoTasks });
      }),
  );
  const bad = ({ problem }: Choice<string>) => Number(problem !== undefined);
  return judged.sort((a, b) => bad(a) - bad(b));
}
