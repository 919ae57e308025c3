import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { exampleConfig } from '../../src/config/example.ts';
import { type ManifestEntry, manifest, type Need } from '../../src/permissions/manifest.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import { conditions, resources, type Scope } from '../../src/permissions/scope.ts';

/** docs/permissions.md: every call with what it needs and why, and the policy for the example. */
export function makePermissionsPage(): string {
  const scope = exampleScope();
  const rows = Object.entries(manifest as Record<string, ManifestEntry>).flatMap(([call, entry]) =>
    entry.needs.map((need, i) => renderRow({ call, entry, need, first: i === 0, scope })),
  );
  return `<!-- Made by scripts/generate.ts from src/permissions/manifest.ts: do not edit. -->

# Permissions

\`previewops\` makes the AWS calls of this table and no others: a call that is not in it does not compile. Resources are
those of the example app \`${scope.app}\` in account ${scope.account}; yours have your names.

- What it makes carries the tag \`previewops:app\`, and what it changes or deletes must carry it: the conditions see to that.
- \`iam:PassRole\` is limited to the roles of the configuration and to the service that each is for.
- Calls marked *dns* are made only with \`hostedZoneId\`, those marked *build* only when an image is built.
- AWS has no resource types for actions on \`*\`; naming a resource there would never match.

| action | on | under the condition | commands | why |
| --- | --- | --- | --- | --- |
${rows.join('\n')}

## The whole policy of the example

${'```'}json
${JSON.stringify(policyFor(scope), undefined, 2)}
${'```'}
`;
}

function exampleScope(): Scope {
  const checked = checkConfig({
    file: 'example.yml',
    text: exampleConfig().replace(
      'baseDomain:',
      'hostedZoneId: Z0123456789ABCDEFGHIJ\n  baseDomain:',
    ),
  });
  if ('problems' in checked) throw new Error('the built-in example is not valid');
  return scopeOf(checked.config, checked.config.app ?? '');
}

interface Row {
  call: string;
  entry: ManifestEntry;
  need: Need;
  first: boolean;
  scope: Scope;
}

function renderRow({ call, entry, need, first, scope }: Row): string {
  const on = need.on.flatMap((key) => resources[key](scope)).map((arn) => `\`${arn}\``);
  const when = (need.when ?? []).flatMap((key) => renderCondition(conditions[key](scope)));
  const why = first ? entry.why : `Comes with \`${call}\`.`;
  const commands = [...entry.commands, ...(entry.only ? [`*${entry.only}*`] : [])];
  return `| \`${need.action}\` | ${on.join('<br>')} | ${when.join('<br>')} | ${commands.join(', ')} | ${why} |`;
}

function renderCondition(block: Record<string, Record<string, string | string[]>>): string[] {
  return Object.entries(block).flatMap(([operator, keys]) =>
    Object.entries(keys).map(
      ([key, values]) => `${operator} \`${key}\` \`${[values].flat().join('`, `')}\``,
    ),
  );
}
