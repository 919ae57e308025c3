import { bad } from './ecr-common.ts';

interface Rule {
  rulePriority?: unknown;
  selection?: {
    tagStatus?: unknown;
    tagPrefixList?: unknown;
    tagPatternList?: unknown;
    countType?: unknown;
    countUnit?: unknown;
    countNumber?: unknown;
  };
  action?: { type?: unknown };
}

const countTypes = [
  'imageCountMoreThan',
  'sinceImagePushed',
  'sinceImagePulled',
  'sinceImageTransitioned',
];

const refuse = (why: string) =>
  bad(`Invalid parameter at 'LifecyclePolicyText' failed to satisfy constraint: '${why}'`);

/** Checks a policy text as PutLifecyclePolicy does ("Lifecycle policy properties", ECR User Guide). */
export function checkLifecyclePolicy(text: string): void {
  if (text.length < 100 || text.length > 30_720) {
    throw refuse('Member must have length between 100 and 30720');
  }
  const rules = readRules(text);
  const priorities = rules.map(({ rulePriority }) => rulePriority);
  if (priorities.some((priority) => !Number.isInteger(priority) || Number(priority) < 1)) {
    throw refuse('Lifecycle policy rule priority must be a whole number of at least 1');
  }
  if (new Set(priorities).size < priorities.length) {
    throw refuse('Lifecycle policy rule priorities must be unique');
  }
  for (const rule of rules) checkSelection(rule);
  const last = Math.max(...priorities.map(Number));
  if (rules.some((r) => r.selection?.tagStatus === 'any' && Number(r.rulePriority) < last)) {
    throw refuse("A rule with tagStatus 'any' must have the highest rulePriority");
  }
}

function readRules(text: string): Rule[] {
  let parsed: { rules?: unknown };
  try {
    parsed = JSON.parse(text) as typeof parsed;
  } catch {
    throw refuse('Lifecycle policy text must be JSON');
  }
  const rules = parsed?.rules;
  if (!Array.isArray(rules) || rules.length === 0) {
    throw refuse('Lifecycle policy must have at least one rule');
  }
  return rules as Rule[];
}

const isFilled = (list: unknown) => Array.isArray(list) && list.length > 0;

function checkSelection({ selection = {}, action = {} }: Rule): void {
  const { tagStatus, countType, countUnit, countNumber } = selection;
  const hasList = isFilled(selection.tagPrefixList) || isFilled(selection.tagPatternList);
  if (!['tagged', 'untagged', 'any'].includes(String(tagStatus))) {
    throw refuse('tagStatus must be tagged, untagged or any');
  }
  if (tagStatus === 'tagged' && !hasList) {
    throw refuse("tagPrefixList or tagPatternList is required with tagStatus 'tagged'");
  }
  if (tagStatus !== 'tagged' && hasList) {
    throw refuse("tagPrefixList and tagPatternList are only allowed with tagStatus 'tagged'");
  }
  if (!countTypes.includes(String(countType))) throw refuse('countType is not valid');
  const byAge = String(countType).startsWith('since');
  if (byAge ? countUnit !== 'days' : countUnit !== undefined) {
    throw refuse("countUnit must be 'days' with an age, and absent with a count");
  }
  if (!Number.isInteger(countNumber) || Number(countNumber) < 1) {
    throw refuse('countNumber must be a whole number of at least 1');
  }
  if (action.type !== 'expire' && action.type !== 'transition') {
    throw refuse('action type must be expire or transition');
  }
}
