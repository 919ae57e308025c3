import { stackRoleName } from '../../preview/names.ts';
import { nameOfArn } from './principal.ts';

/** What brings a role of the bootstrap's stack up to date. An edit of its policies would be lost with the next update. */
export const renewal =
  'Run `previewops init --bootstrap --apply` again, here: it reads what the configuration uses, and updates the stack.';

/** How a role gets what it lacks: `grant`, and where its name says that the stack made it, the better way first. */
export function roleFix(arn: string, { app, grant }: { app: string; grant: string }): string {
  const kinds = ['execution', 'build', 'deploy'] as const;
  const ours = kinds.some((kind) => stackRoleName(app, kind) === nameOfArn(arn));
  return ours ? `${renewal}\nOr, where the stack is not yours:\n${grant}` : grant;
}
