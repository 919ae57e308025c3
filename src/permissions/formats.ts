import type { PolicyDocument } from './evaluate.ts';
import {
  renderCloudFormationPolicies,
  renderCloudFormationRole,
} from './formats-cloudformation.ts';
import { renderNeedsTable, renderRoleTable } from './formats-markdown.ts';
import { renderTerraformPolicies, renderTerraformRole } from './formats-terraform.ts';
import type { UsedNeed } from './needs.ts';
import type { Role } from './roles.ts';
import type { Scope } from './scope.ts';
import type { PolicyFormat } from './words.ts';

/** A managed policy to be: letters, digits and hyphens for a name, one document. */
export interface NamedPolicy {
  name: string;
  description: string;
  document: PolicyDocument;
}

export interface Policies {
  policies: readonly NamedPolicy[];
  /** What the policies were made from. */
  needs: readonly UsedNeed[];
  scope: Scope;
}

const indented = (value: unknown) => `${JSON.stringify(value, undefined, 2)}\n`;

/** A policy as text to paste. As JSON, one document stands alone and several are a list. */
export function renderPolicies(format: PolicyFormat, { policies, needs, scope }: Policies): string {
  const [first, ...more] = policies.map(({ document }) => document);
  switch (format) {
    case 'json':
      return indented(more.length === 0 ? first : [first, ...more]);
    case 'terraform':
      return renderTerraformPolicies(policies);
    case 'cloudformation':
      return renderCloudFormationPolicies(policies);
    case 'markdown':
      return `${renderNeedsTable(needs, scope)}\n`;
  }
}

/** A role as text to paste. As JSON, its two documents under `trust` and `permissions`. */
export function renderRole(format: PolicyFormat, role: Role): string {
  switch (format) {
    case 'json':
      return indented({ trust: role.trust, permissions: role.permissions });
    case 'terraform':
      return renderTerraformRole(role);
    case 'cloudformation':
      return renderCloudFormationRole(role);
    case 'markdown':
      return `${renderRoleTable(role)}\n`;
  }
}
