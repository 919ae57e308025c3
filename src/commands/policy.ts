import { featuresOf } from '../config/features.ts';
import { roleFacts } from '../doctor/iam/role-requests.ts';
import { exitCodes } from '../errors.ts';
import { renderPolicies, renderRole } from '../permissions/formats.ts';
import { ciCommands, type Features, needsOf } from '../permissions/needs.ts';
import { policyFor } from '../permissions/policy.ts';
import type { RoleFacts } from '../permissions/role-needs.ts';
import { roleFor } from '../permissions/roles.ts';
import type { Scope } from '../permissions/scope.ts';
import {
  inlinePolicyLimit,
  managedPolicyLimit,
  sizeOf,
  splitPolicy,
} from '../permissions/split.ts';
import type { Session } from '../report/io.ts';
import { openSettings } from './context.ts';
import type { PolicyCommandOptions } from './options.ts';
import { scopeOf } from './scope.ts';
import { underivable } from './settings.ts';
import { type Ui, withUi } from './ui.ts';

/** `previewops policy`: the permissions for this configuration; asks AWS nothing. Gives the exit code. */
export function policy(options: PolicyCommandOptions, session: Session): Promise<number> {
  return withUi(options, session, async (ui) => {
    const { settings } = await openSettings(options, { session, ui });
    if (settings.app === undefined) throw underivable(settings.file, 'app', 'my-app');
    const scope = scopeOf(settings.config, settings.app);
    const features = featuresOf(settings.config);
    if (options.role === undefined) showPolicy(options, { ui, scope, features });
    else
      showRole(options.role, {
        format: options.format,
        ui,
        facts: roleFacts(settings.config, scope),
      });
    return exitCodes.done;
  });
}

interface View {
  ui: Ui;
  scope: Scope;
  features: Features;
}

function showPolicy(options: PolicyCommandOptions, { ui, scope, features }: View): void {
  const { format, for: commands = [...ciCommands] } = options;
  // What JSON is for is `aws iam put-role-policy`; the other formats make managed policies.
  const limit = format === 'json' ? inlinePolicyLimit : managedPolicyLimit;
  const whole = policyFor(scope, { commands, features });
  const documents = splitPolicy(whole, limit);
  const base = `previewops-${scope.app}`;
  const policies = documents.map((document, i) => ({
    name: documents.length === 1 ? base : `${base}-${i + 1}`,
    description: `For previewops ${commands.join(', ')} of ${scope.app}`,
    document,
  }));
  const sized = policies.map((p) => ({ ...p, characters: sizeOf(p.document) }));
  ui.printer.document('policy', { app: scope.app, commands, policies: sized });
  ui.printer.verbatim(
    renderPolicies(format, { policies, needs: needsOf(scope, { commands, features }), scope }),
  );
  if (format === 'markdown') return;
  const words = (characters: number) => characters.toLocaleString('en');
  if (documents.length > 1) {
    const names = policies.map(({ name }) => name).join(' and ');
    const kind = format === 'json' ? 'an inline policy' : 'one managed policy';
    ui.note(
      `more than the ${words(limit)} characters of ${kind}, so it is cut in ${documents.length}: ${names}; the caller needs them all`,
    );
  } else if (sizeOf(whole) > managedPolicyLimit) {
    ui.note(
      `for an inline policy of a role (put-role-policy): a managed policy holds ${words(managedPolicyLimit)} characters, and this has ${words(sizeOf(whole))}; --format terraform or cloudformation cuts it`,
    );
  }
}

function showRole(
  kind: NonNullable<PolicyCommandOptions['role']>,
  { format, ui, facts }: Pick<PolicyCommandOptions, 'format'> & { ui: Ui; facts: RoleFacts },
): void {
  const role = roleFor(kind, facts);
  const { arn, kinds, trust, permissions } = role;
  ui.printer.document('policy', { app: facts.scope.app, role: arn, kinds, trust, permissions });
  ui.printer.verbatim(renderRole(format, role));
  if (kinds.length > 1) {
    ui.note(
      `${role.name} is both the execution role and the build role: this is what it needs for both`,
    );
  }
}
