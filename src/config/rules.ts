import { type ArnParts, parseArn } from './arn.ts';
import { checkDependencies } from './dependencies.ts';
import { describeSizeMistake } from './fargate.ts';
import { type Finding, find, type Path } from './finding.ts';
import { checkListenersAgree, writtenListeners } from './listeners.ts';
import type { Draft } from './salvage.ts';
import type { CheckedConfig } from './schema.ts';

/** A check of several values together. It sees only what is well-formed, so any part may be missing. */
type Rule = (draft: Draft<CheckedConfig>) => Finding[];

/** The first listener says which account and region all else must be of. */
function firstListener(draft: Draft<CheckedConfig>): { key: string; arn: ArnParts } | undefined {
  const [first] = writtenListeners(draft);
  return first?.arn && { key: first.key, arn: first.arn };
}

const regionsAgree: Rule = (draft) => {
  const { providerConfig } = draft;
  const listener = firstListener(draft);
  const cluster = parseArn(providerConfig?.cluster ?? '')?.region;
  const written: [key: string, region: string | undefined][] = [
    ['region', providerConfig?.region],
    ['cluster', cluster],
  ];
  return written.flatMap(([key, region]) =>
    listener === undefined || region === undefined || region === listener.arn.region
      ? []
      : [
          find(
            ['providerConfig', key],
            `is in ${region}, but ${listener.key} is in ${listener.arn.region}: both must be the same`,
          ),
        ],
  );
};

const accountsAgree: Rule = (draft) => {
  const { providerConfig, task, build } = draft;
  const first = firstListener(draft);
  const others: [path: Path, arn: string | undefined][] = [
    [['providerConfig', 'cluster'], providerConfig?.cluster],
    [['providerConfig', 'executionRoleArn'], providerConfig?.executionRoleArn],
    [['task', 'roleArn'], task?.roleArn],
    [['build', 'roleArn'], build?.roleArn],
  ];
  return others.flatMap(([path, text]) => {
    const arn = parseArn(text ?? '');
    if (first === undefined || arn === undefined) return [];
    const { arn: listener, key } = first;
    const same = arn.account === listener.account && arn.partition === listener.partition;
    const where = ({ partition, account }: typeof arn) =>
      `account ${account}${arn.partition === listener.partition ? '' : ` of partition ${partition}`}`;
    const message = `is in ${where(arn)}, but ${key} is in ${where(listener)}: both must be the same`;
    return same ? [] : [find(path, message)];
  });
};

const sizesExist: Rule = ({ task }) => {
  if (task?.cpu === undefined || task.memory === undefined) return [];
  const message = describeSizeMistake(task.cpu, task.memory);
  return message === undefined ? [] : [find(['task', 'memory'], message)];
};

const prioritiesAscend: Rule = ({ providerConfig }) => {
  const { from, to } = providerConfig?.rulePriority ?? {};
  if (from === undefined || to === undefined || from < to) return [];
  return [find(['providerConfig', 'rulePriority', 'from'], `must be less than to, which is ${to}`)];
};

const namesDiffer: Rule = ({ container, sidecars = [] }) => {
  const taken = new Set([container?.name]);
  return sidecars.flatMap((sidecar, index) => {
    const name = sidecar?.name;
    if (name === undefined || !taken.has(name)) {
      taken.add(name);
      return [];
    }
    const whose = name === container?.name ? 'the app container' : 'another sidecar';
    return [find(['sidecars', index, 'name'], `is the name of ${whose} already`)];
  });
};

/** ECS refuses a container with one name in both lists. */
const secretsAreNotLiteral: Rule = ({ container, sidecars = [] }) => {
  const containers: [path: Path, draft: typeof container | (typeof sidecars)[number]][] = [
    [['container'], container],
    ...sidecars.map((sidecar, index): [Path, typeof sidecar] => [['sidecars', index], sidecar]),
  ];
  return containers.flatMap(([path, draft]) =>
    Object.keys(draft?.secrets ?? {})
      .filter((name) => Object.hasOwn(draft?.env ?? {}, name))
      .map((name) => find([...path, 'secrets', name], 'is in env too: keep one of the two')),
  );
};

export const rules: readonly Rule[] = [
  checkListenersAgree,
  regionsAgree,
  accountsAgree,
  sizesExist,
  prioritiesAscend,
  namesDiffer,
  secretsAreNotLiteral,
  checkDependencies,
];
