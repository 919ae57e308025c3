import { bootstrapOutputs } from '../bootstrap/outputs.ts';
import { PreviewopsError } from '../errors.ts';
import { begin, type Start } from './begin.ts';
import { askCi } from './ci-files.ts';
import { type Draft, draftOf } from './files.ts';
import { configDraft, finish, regionless } from './finish.ts';
import { missingError } from './missing.ts';
import type { InitOptions, InitResult, Outside } from './outside.ts';
import { createPerson } from './person.ts';
import { planStack, type StackPlan, withOutputs } from './plan-stack.ts';
import { nothingWritten } from './prompts.ts';
import { partitionOf } from './region.ts';
import { settleFiles } from './settle.ts';
import type { Survey } from './survey.ts';
import { surveyAll } from './survey-all.ts';
import { createTaker } from './taker.ts';

/** The template's file, unless the flag names one. */
export const usualTemplate = 'previewops-bootstrap.yml';

/**
 * Finds out what a configuration needs, makes what is missing when it is asked to, and writes the
 * files: nothing before everything is answered. Rejects with `bad-usage` naming every flag that is
 * missing, with `interrupted` for a person who leaves.
 */
export async function init(options: InitOptions, outside: Outside): Promise<InitResult> {
  const { start, survey, asked, plan, drafts } = await untouched(outside, async () => {
    const start = await begin(options, outside);
    const survey = await ask(start);
    const asked = await askMore(start, survey);
    const plan = asked.bootstrap === undefined ? undefined : await stackOf(start, survey, asked);
    const drafts = plan ? [await templateDraft(start, asked.bootstrap, plan.text)] : [];
    return { start, survey, asked, plan, drafts };
  });
  if (plan && asked.apply) return applied(start, { survey, asked, plan, drafts });
  return untouched(outside, () => finish(start, { values: survey.values, ci: asked.ci, drafts }));
}

/** Up to the first file, an interruption leaves nothing to go on from. */
async function untouched<T>({ signal }: Outside, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? nothingWritten() : error;
  }
}

async function ask(start: Start): Promise<Survey> {
  const { options, outside, before, target, checkout, connected } = start;
  const { prompts, warn } = outside;
  // Without a terminal, only who says so gets placeholders.
  const offline =
    connected === undefined && (prompts !== undefined || options.yes || options.offline);
  const bootstrap = options.bootstrap !== undefined;
  const taker = createTaker({ ...options, offline, bootstrap, tell: outside.tell, warn });
  const survey = await surveyAll(
    {
      asker: prompts ? createPerson({ prompts, offline, warn }) : taker,
      given: options.given,
      before,
      file: target,
      checkout,
      access: connected,
      warn,
    },
    { bootstrap },
  );
  if (
    connected === undefined &&
    start.region !== undefined &&
    survey.values.albListenerArn === undefined
  ) {
    survey.values.region = start.region;
  }
  if (taker.missing.length > 0) {
    throw missingError(taker.missing, start.offline);
  }
  return survey;
}

interface Asked {
  ci?: InitOptions['ci'];
  bootstrap?: string | undefined;
  apply: boolean;
}

/** What goes with the configuration. */
async function askMore(
  { options, outside, connected, checkout }: Start,
  survey: Survey,
): Promise<Asked> {
  const { prompts } = outside;
  const needed = survey.makes.size > 0 ? usualTemplate : undefined;
  const bootstrap = options.bootstrap ?? needed;
  if (!prompts) return { ci: options.ci, bootstrap, apply: options.apply };
  const ci = options.ci ?? (await askCi(prompts, survey.values.repository ?? checkout.origin));
  const apply =
    options.apply ||
    (bootstrap !== undefined &&
      connected !== undefined &&
      (await prompts.confirm(
        'Create what is missing in AWS now? (The changes are shown first.)',
        false,
      )));
  return { ci, bootstrap, apply };
}

async function stackOf(start: Start, survey: Survey, { ci }: Asked) {
  const { options, region, connected, checkout } = start;
  if (region === undefined) throw regionless('the bootstrap template');
  const { name: file, text } = await configDraft(start, survey.values);
  return planStack({
    survey,
    options: { ...options, ci },
    region,
    partition: connected?.partition ?? partitionOf(region),
    repository: survey.values.repository ?? checkout.origin,
    connected,
    config: { file, text },
  });
}

/** One that `init` made before is made anew without a word. */
async function templateDraft({ outside }: Start, name: string | undefined, text: string) {
  const draft = await draftOf(name ?? usualTemplate, { cwd: outside.cwd, text });
  const [first] = text.split('\n');
  const ours = first !== undefined && draft.before?.startsWith(first) === true;
  return ours ? { ...draft, overwrites: false } : draft;
}

interface Applying {
  survey: Survey;
  asked: Asked;
  plan: StackPlan;
  drafts: readonly Draft[];
}

/** The template first, for whoever has to deploy it when this run may not; then what the stack gave. */
async function applied(
  start: Start,
  { survey, asked, plan, drafts }: Applying,
): Promise<InitResult> {
  const { connected, options, outside } = start;
  if (!connected) {
    throw new PreviewopsError('no-credentials', `--apply needs AWS: ${start.offline ?? ''}`, {
      hint: 'Without --apply the template is written, and can be deployed by somebody else.',
    });
  }
  const written = await settleFiles(drafts, { ...options, ...outside });
  const { outcome, outputs } = await connected.stacks.apply(plan);
  const result = bootstrapOutputs(outputs);
  const values = withOutputs(survey.values, result);
  const roleArn = result.deployRoleArn;
  const done = await finish(start, { values, ci: asked.ci, drafts: [], roleArn });
  return {
    ...done,
    files: [...written, ...done.files],
    stack: { name: plan.name, outcome, result, writesRecord: writesRecord(plan.template) },
  };
}

const writesRecord = ({ Parameters, Resources }: StackPlan['template']) =>
  'WildcardRecord' in Resources && Boolean(Parameters.HostedZoneId?.Default);
