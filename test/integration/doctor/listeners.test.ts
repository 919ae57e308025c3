import { expect, test } from 'vitest';
import { configOf } from '../../helpers/stage.ts';
import { visit } from './clinic.ts';

const listenerOf = (name: string) =>
  `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/${name}/0123456789abcdef/00000000000000aa`;
const config = configOf('', (text) =>
  text.replace(
    /albListenerArn: .*/,
    `albListenerArns: [${listenerOf('edge-1')}, ${listenerOf('edge-2')}]\n  hostedZoneId: Z0123456789ABCDEFGHIJ`,
  ),
);

test('two healthy load balancers are looked at by name, and the permissions cover both', async () => {
  const { results, complaints } = await visit({ config });
  expect(complaints).toEqual({ 'build.source': 'skip' });
  const titles = results.filter(({ id }) => id === 'load-balancer.https').map(({ title }) => title);
  expect(titles).toEqual([
    'it speaks HTTPS on port 443 (edge-1)',
    'it speaks HTTPS on port 443 (edge-2)',
  ]);
  expect(results.filter(({ id }) => id === 'cluster.active')).toHaveLength(1);
});

test('what is wrong with the second one is told of the second one', async () => {
  const { results } = await visit({
    config,
    edit: ({ elasticloadbalancing: { listeners } }) => {
      const second = listeners[listenerOf('edge-2')];
      if (!second) throw new Error('there is no second listener');
      Object.assign(second, { protocol: 'HTTP', port: 80 });
      delete second.certificateArn;
    },
  });
  const bad = results.filter(({ id, status }) => status !== 'ok' && id !== 'build.source');
  expect(bad.map(({ title }) => title)).toContain('it speaks HTTPS on port 443 (edge-2)');
  expect(bad.every(({ title }) => title.endsWith('(edge-2)'))).toBe(true);
});
