import { Chalk } from 'chalk';
import type { Paint } from './progress.ts';

export function createPaint(color: boolean): Paint {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return { good: chalk.green, bad: chalk.red, dim: chalk.dim, strong: chalk.yellow };
}
