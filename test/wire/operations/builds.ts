import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { inputs, names } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

const imageTags = ['pr-42-0123456', 'pr-42-fedcba9'] as const;
const absentId = `${names.project}:absent`;

/** Makes a project and runs two builds in it; returns the tags of the images they pushed. */
export async function callBuilds(aws: Aws, world: WireWorld) {
  await createProject(aws, world);
  await updateProject(aws, world);
  await buildToTheEnd(aws, imageTags[0]);
  await stopBuild(aws, imageTags[1]);
  return imageTags;
}

async function projectsOf(aws: Aws) {
  const both = { names: [names.project, 'absent'] };
  return (await aws.call('codebuild:BatchGetProjects', both)).projects;
}

async function createProject(aws: Aws, world: WireWorld) {
  const project = inputs.project(world);
  expect(await projectsOf(aws)).toEqual([]);
  for (const call of [
    () => aws.call('codebuild:StartBuild', inputs.build('a')),
    () => aws.call('codebuild:UpdateProject', project),
  ]) {
    await expect(call()).rejects.toMatchObject(
      refusal('ResourceNotFoundException', 'Project cannot be found'),
    );
  }
  await aws.call('codebuild:CreateProject', project);
  await expect(aws.call('codebuild:CreateProject', project)).rejects.toMatchObject(
    refusal('ResourceAlreadyExistsException'),
  );
}

/** What an update does not name stays as it is, and a text that looks like a time stays a text. */
async function updateProject(aws: Aws, world: WireWorld) {
  const change = { name: names.project, description: 'changed', timeoutInMinutes: 20 };
  const { project } = await aws.call('codebuild:UpdateProject', change);
  // moto: `concurrentBuildLimit` is dropped, and BatchGetProjects knows no `lastModified`.
  const { concurrentBuildLimit: _, ...kept } = { ...inputs.project(world), ...change };
  expect(project).toMatchObject({ ...kept, created: expect.any(Date) });
  expect(await projectsOf(aws)).toMatchObject([{ ...kept, created: expect.any(Date) }]);
}

async function buildToTheEnd(aws: Aws, tag: string) {
  const { build } = await aws.call('codebuild:StartBuild', inputs.build(tag));
  expect(build).toMatchObject({ buildStatus: 'IN_PROGRESS', startTime: expect.any(Date) });
  const id = present(build?.id);
  await listBuilds(aws, id);
  const { builds } = await aws.call('codebuild:BatchGetBuilds', { ids: [id, absentId] });
  // moto: the first look ends the build well, each look repeats its phases, `buildComplete` stays
  // false, `logs` have neither group nor stream, and source and environment are not the build's.
  expect(builds).toMatchObject([
    { id, buildStatus: 'SUCCEEDED', currentPhase: 'COMPLETED', endTime: expect.any(Date) },
  ]);
}

async function listBuilds(aws: Aws, id: string) {
  const list = (projectName: string) => aws.call('codebuild:ListBuildsForProject', { projectName });
  expect((await list(names.project)).ids).toContain(id);
  await expect(list('absent')).rejects.toMatchObject(refusal('ResourceNotFoundException'));
}

async function stopBuild(aws: Aws, tag: string) {
  const { build } = await aws.call('codebuild:StartBuild', inputs.build(tag));
  const stopped = await aws.call('codebuild:StopBuild', { id: present(build?.id) });
  expect(stopped.build?.buildStatus).toBe('STOPPED'); // moto: the next look makes it SUCCEEDED
  await expect(aws.call('codebuild:StopBuild', { id: absentId })).rejects.toMatchObject(
    refusal('ResourceNotFoundException'),
  );
}
