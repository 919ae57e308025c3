// What the command line takes, apart from all that it stands for: the help must not load that.

/** Commands that call AWS, and so need permissions. */
export const callingCommands = [
  'deploy',
  'destroy',
  'list',
  'prune',
  'keep',
  'stop',
  'start',
  'status',
  'logs',
  'run',
  'validate',
  'doctor',
  'init',
] as const;
export type CallingCommand = (typeof callingCommands)[number];

export const policyFormats = ['json', 'terraform', 'cloudformation', 'markdown'] as const;
export type PolicyFormat = (typeof policyFormats)[number];

export const roleKinds = ['execution', 'build'] as const;
/** `execution` starts the tasks' containers, `build` makes the images. */
export type RoleKind = (typeof roleKinds)[number];
