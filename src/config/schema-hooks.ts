import * as field from './fields.ts';
import { hookCommand } from './hook-command.ts';

const form = 'Words, or text for `sh -c`.';

export const hooks = field.section({
  onCreate: field.optional(
    hookCommand(),
    `Runs once, before a new preview starts, such as seeding a database. ${form}`,
    'none',
  ),
  onDeploy: field.optional(
    hookCommand(),
    `Runs before each new revision starts, such as a migration. ${form}`,
    'none',
  ),
  onDestroy: field.optional(
    hookCommand(),
    `Runs before a preview is removed; the removal goes on if it fails. ${form}`,
    'none',
  ),
  timeout: field.duration(30, 7200).prefault('10m').describe('How long each of them may take.'),
});
