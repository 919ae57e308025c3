import { scopeOf } from '../../src/commands/scope.ts';
import { checkConfig } from '../../src/config/check.ts';
import { exampleConfig } from '../../src/config/example.ts';
import { renderNeedsTable, renderRoleTable } from '../../src/permissions/formats-markdown.ts';
import { callingCommands } from '../../src/permissions/manifest.ts';
import { needsOf } from '../../src/permissions/needs.ts';
import { policyFor } from '../../src/permissions/policy.ts';
import { roleFor } from '../../src/permissions/roles.ts';
import type { Scope } from '../../src/permissions/scope.ts';

/** docs/permissions.md: every call with what it needs and why, the policy, and the two roles. */
export function makePermissionsPage(): string {
  const scope = exampleScope();
  const features = { dns: scope.hostedZoneId !== undefined, build: true, idle: true };
  const needs = needsOf(scope, { commands: callingCommands, features });
  const doctors = needs.filter(({ commands }) => commands.join() === 'doctor');
  const rest = needs.filter((need) => !doctors.includes(need));
  const images = ['123456789012.dkr.ecr.us-east-1.amazonaws.com/postgres:17'];
  const secrets = ['arn:aws:secretsmanager:us-east-1:123456789012:secret:hello/stripe-AbCdEf'];
  const role = (kind: 'execution' | 'build') =>
    renderRoleTable(roleFor(kind, { scope, images, secrets }));
  return `<!-- Made by scripts/generate.ts from src/permissions/manifest.ts: do not edit. -->

# Permissions

\`previewops\` makes the AWS calls of these tables and no others: a call that is not in them does not compile. Resources are
those of the example app \`${scope.app}\` in account ${scope.account}; \`previewops policy\` prints yours:

\`\`\`sh
previewops policy > policy.json                    # all that CI needs
previewops policy --for list,doctor                # of some commands; --for all is doctor too
previewops policy --format terraform               # or cloudformation, markdown
previewops policy --role execution                 # of the tasks' execution role, or --role build
previewops doctor --policy-file policy.json        # is a policy enough? needs no AWS
\`\`\`

- What it makes carries the tag \`previewops:app\`, and what it changes or deletes must carry it: the conditions see to that.
- \`iam:PassRole\` is limited to the roles of the configuration and to the service that each is for.
- Calls marked *dns* are made only with \`hostedZoneId\`, those marked *build* only when an image is built,
  and those marked *hooks* only with \`hooks\`, or by \`run\`.
- The tables are of a configuration with \`hooks\` and \`idle\`. Without \`hooks\`, \`destroy\` and \`prune\` look at no tasks;
  without \`idle\`, \`prune\` stops no previews: their policy is the smaller for it.
- \`sts:GetCallerIdentity\` is called too; AWS answers it to everybody.
- AWS has no resource types for actions on \`*\`; naming a resource there would never match.
- A deploy that finds its preview destroyed meanwhile removes what it had made, for which it needs what destroy needs.

## Deploy, destroy, list and validate

${renderNeedsTable(rest, scope)}

## Doctor alone

\`doctor\` reads, and changes nothing. It needs what is marked with its name above, and:

${renderNeedsTable(doctors, scope)}

## The policy of the example

As \`previewops policy\` prints it: for all commands but doctor.

${'```'}json
${JSON.stringify(policyFor(scope), undefined, 2)}
${'```'}

## The execution role and the build role

Tasks start with the execution role, and CodeBuild makes images with the build role. Of the example, with a sidecar from ECR and a secret:

${role('execution')}

${role('build')}
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
  return {
    ...scopeOf(checked.config, checked.config.app ?? ''),
    buildRoleArn: 'arn:aws:iam::123456789012:role/previewops-build',
  };
}
