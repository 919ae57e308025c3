import { describe, expect, test } from 'vitest';
import { place } from '../../helpers/place.ts';

describe('run', () => {
  test("prints the command's lines and ends as it does", async () => {
    const { previewops } = place();
    await previewops('deploy --sandbox --pr 42');
    const { code, out, err } = await previewops('run --sandbox --pr 42 -- sh -c exit 7');
    expect(code).toBe(7);
    expect(out).toBe(
      [
        '[sandbox] $ sh -c exit 7',
        ...[1, 2, 3].map((step) => `[sandbox] previewops sandbox: step ${step} of 3`),
        '',
      ].join('\n'),
    );
    expect(err).toMatch(/^\[sandbox\] exit code 7$/m);
    const good = await previewops('run --sandbox --pr 42 -- npm test');
    expect(good.code).toBe(0);
    expect(good.err).not.toContain('exit code');
  });

  test('with --json: one document at the end', async () => {
    const { previewops } = place();
    await previewops('deploy --sandbox --pr 42');
    const { code, out } = await previewops('run --sandbox --pr 42 --json -- exit 3');
    expect(code).toBe(3);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      type: 'run',
      sandbox: true,
      preview: { app: 'hello', id: 'pr-42' },
      command: ['exit', '3'],
      task: expect.stringMatching(/^[0-9a-f]{32}$/),
      exitCode: 3,
      reason: null,
      lines: ['$ exit 3', ...[1, 2, 3].map((step) => `previewops sandbox: step ${step} of 3`)],
      omittedLines: 0,
    });
  });

  test('without a preview exits 1 and says how to get one', async () => {
    const { code, out, err } = await place().previewops('run --sandbox --pr 42 -- ls');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('There is no preview pr-42');
    expect(err).toContain('previewops deploy --pr 42');
  });
});

describe('policy', () => {
  test('has the permissions of hooks where the configuration has any', async () => {
    const { exampleConfig } = await import('../../../src/config/example.ts');
    const actions = async (extra: string, line = 'policy') => {
      const { previewops } = place({ 'previewops.yml': `${exampleConfig()}${extra}` });
      return (await previewops(line)).out;
    };
    expect(await actions('')).not.toContain('ecs:RunTask');
    expect(await actions('hooks: { timeout: 5m }\n')).not.toContain('ecs:RunTask');
    const hooks = 'hooks: { onDestroy: drop }\n';
    expect(await actions(hooks)).toContain('ecs:RunTask');
    const destroy = await actions(hooks, 'policy --for destroy');
    for (const action of [
      'ecs:RunTask',
      'ecs:StopTask',
      'ecs:DescribeTasks',
      'logs:GetLogEvents',
    ]) {
      expect(destroy).toContain(action);
    }
    expect(await actions('', 'policy --for destroy')).not.toContain('ecs:DescribeTasks');
  });
});
