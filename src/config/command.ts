/**
 * A task's overrides have 8,192 characters as JSON, of which the braces and the container's name
 * take some. https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskOverride.html
 */
const longestCommand = 7_800;

/** Why ECS would not take these words as the command of a task; undefined if it would. */
export function describeCommandMistake(words: readonly string[]): string | undefined {
  if (words.length === 0 || words[0]?.trim() === '') return 'needs a program to run';
  const length = JSON.stringify(words).length;
  if (length <= longestCommand) return undefined;
  return `has ${length} characters, and ECS takes ${longestCommand}: put it in a script in the image`;
}
