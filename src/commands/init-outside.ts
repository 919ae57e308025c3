import type { Aws } from '../aws/aws.ts';
import { explain } from '../aws/errors.ts';
import { openGit } from '../ci/git.ts';
import { parseArn } from '../config/arn.ts';
import type { Config } from '../config/types.ts';
import { runDoctor } from '../doctor/doctor.ts';
import type { Group } from '../doctor/groups.ts';
import { readAccount } from '../init/account.ts';
import { draftConfig } from '../init/draft.ts';
import { readNetwork } from '../init/network.ts';
import type { Connected, Connection, Outside } from '../init/outside.ts';
import type { Prompts } from '../init/prompts.ts';
import { findRegion } from '../init/region.ts';
import type { Values } from '../init/values.ts';
import { ciCommands } from '../permissions/needs.ts';
import type { Session } from '../report/io.ts';
import { printable } from '../report/printable.ts';
import { type Context, openAccount } from './context.ts';
import { openStacks } from './init-stacks.ts';
import type { InitCommandOptions } from './options.ts';
import { scopeOf } from './scope.ts';
import type { Ui } from './ui.ts';

interface Tools {
  session: Session;
  ui: Ui;
  prompts: Prompts | undefined;
}

/** The account in the simulated AWS is in this region unless a flag says otherwise. */
const sandboxRegion = 'us-east-1';

/** What `init` sees of the world: files, checkout, terminal and, when it asks for it, the account. */
export function openOutside(options: InitCommandOptions, { session, ui, prompts }: Tools): Outside {
  const { io, signal } = session;
  return {
    cwd: io.cwd,
    home: io.home,
    signal,
    git: openGit({ cwd: io.cwd, env: io.env, signal }),
    prompts,
    tell: (...lines) => {
      for (const line of lines) {
        if (prompts) prompts.say(line);
        else ui.printer.tell(printable(line));
      }
    },
    warn: ui.warn,
    findRegion: async () =>
      options.sandbox
        ? { value: sandboxRegion, label: sandboxRegion, why: "the sandbox's" }
        : findRegion(io.env, options.profile),
    connect: (region) => connect(options, { session, ui, prompts, region }),
  };
}

/** Credentials that are absent or cannot be used are no error: then there are placeholders. */
async function connect(
  options: InitCommandOptions,
  { session, ui, prompts, region }: Tools & { region: string },
): Promise<Connection> {
  const opened = await openAccount(options, { session, ui, region });
  try {
    const { Arn: arn = '', Account: id = '' } = await opened.aws.call('sts:GetCallerIdentity', {});
    const partition = parseArn(arn)?.partition ?? 'aws';
    return { connected: connectedWith(opened, { session, ui, prompts, arn, id, partition }) };
  } catch (error) {
    session.signal.throwIfAborted();
    const { code, message } = explain(error);
    if (code === 'no-credentials' || code === 'aws-unreachable') return { offline: message };
    throw error;
  }
}

type Opened = Pick<Context, 'aws' | 'clock' | 'resolve'>;

function connectedWith(
  opened: Opened,
  { arn, id, partition, ...tools }: Tools & { arn: string; id: string; partition: string },
): Connected {
  const { aws, clock, resolve } = opened;
  const { signal, io } = tools.session;
  const judge = judgeIn(opened, tools.session);
  return {
    arn,
    id,
    partition,
    region: aws.region,
    account: readAccount({ aws, signal }),
    network: (vpc) => readNetwork(vpc, { aws, signal }),
    resolve,
    random: io.random,
    now: () => clock.now(),
    judge,
    judgeRole: (kind, values) => judgeRole(kind, { values, aws, id, partition, judge }),
    stacks: openStacks({ aws, clock, ...tools }),
  };
}

const judgeIn =
  ({ aws, clock, resolve }: Opened, { signal, io }: Session) =>
  (config: Config, only: readonly Group[]) => {
    const app = config.app ?? '';
    return runDoctor({
      config,
      app,
      scope: scopeOf(config, app),
      commands: ciCommands,
      only,
      aws,
      clock,
      signal,
      random: io.random,
      resolve,
      listPreviews: async () => [], // only hygiene looks at them, which is not asked for
    });
  };

/** Doctor's word on a role, on a draft in which it is used; undefined where doctor cannot tell. */
async function judgeRole(
  kind: 'execution' | 'build',
  asked: { values: Values; aws: Aws; id: string; partition: string; judge: Connected['judge'] },
) {
  const { values, aws, id, partition, judge } = asked;
  const config = draftConfig(values, { partition, region: aws.region, account: id });
  if (config === undefined) return undefined;
  const results = (await judge(config, ['roles'])).filter(({ id: check }) =>
    check.startsWith(`roles.${kind}.`),
  );
  const failed = results.find(({ status }) => status === 'fail');
  if (failed) return { fits: false, seen: failed.seen };
  const sure = results.length > 0 && results.every(({ status }) => status === 'ok');
  return sure ? { fits: true, seen: '' } : undefined;
}
