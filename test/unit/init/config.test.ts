import { describe, expect, test } from 'vitest';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { draftConfig } from '../../../src/init/draft.ts';
import { editConfig, readWritten } from '../../../src/init/edit.ts';
import { renderConfig } from '../../../src/init/render.ts';
import {
  mistakeIn,
  openIn,
  placeholderFor,
  required,
  type Values,
} from '../../../src/init/values.ts';

const file = 'previewops.yml';
const role = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const full: Values = {
  app: 'shop',
  cluster: 'staging',
  vpc: 'vpc-0abc1234',
  subnets: ['subnet-0abc1234', 'subnet-0abc1235'],
  securityGroups: ['sg-0abc1234'],
  albListenerArn:
    'arn:aws:elasticloadbalancing:eu-west-1:123456789012:listener/app/staging/0a1b2c3d4e5f6071/1a2b3c4d5e6f7081',
  executionRoleArn: role('tasks'),
  baseDomain: 'previews.example.com',
  hostedZoneId: 'Z0123456789ABC',
  port: 3000,
  repository: 'https://github.com/acme/shop.git',
  buildRoleArn: role('build'),
  assignPublicIp: false,
};

describe('a new file', () => {
  test('says what was answered, and is valid', () => {
    const checked = checkConfig({ file, text: renderConfig(full) });
    if ('problems' in checked) throw new Error(checked.problems[0]?.message);
    const { config } = checked;
    const { port, buildRoleArn, repository, app, assignPublicIp, ...provider } = full;
    expect(config.providerConfig).toMatchObject(provider);
    expect(config.providerConfig.region).toBe('eu-west-1');
    expect(config).toMatchObject({
      app,
      container: { port },
      build: { repository, roleArn: buildRoleArn },
      task: { assignPublicIp },
    });
    expect(readWritten(renderConfig(full), file).values).toEqual(full);
  });

  test('begins with the line by which editors find the schema', () => {
    expect(renderConfig(full)).toMatch(
      /^# yaml-language-server: \$schema=https:\/\/unpkg\.com\/previewops@\S+\/schema\/previewops\.schema\.json\n/,
    );
  });

  test('has a placeholder for each thing that nobody knows, at whose line validate stops', () => {
    const text = renderConfig({});
    const checked = checkConfig({ file, text });
    const problems = 'problems' in checked ? checked.problems : [];
    const lines = text.split('\n');
    const marked = lines.flatMap((line, at) => (line.includes('<FILL IN') ? [at + 1] : []));
    expect(problems.map(({ line }) => line)).toEqual(marked);
    expect(marked).toHaveLength(required.length + 1);
    expect(openIn({})).toEqual(['app', ...required]);
    for (const key of required) expect(mistakeIn(key, placeholderFor(key))).toBeDefined();
  });
});

describe('a file that is there', () => {
  const written = `# ours
providerConfig:
  cluster: 'old'  # shared
  subnets: [subnet-00000001, subnet-00000002]
  securityGroups:
  - sg-00000001
  - sg-00000002
  vpc: <FILL IN the VPC>
container: { env: { A: b } }
# end
`;

  test('keeps all that is not said anew, comments and layout too', () => {
    const edit = editConfig(written, { ...full, port: undefined, hostedZoneId: undefined }, file);
    expect(edit.replaced.sort()).toEqual(['cluster', 'securityGroups', 'subnets']);
    expect(edit.text).toBe(`# ours
app: shop
providerConfig:
  baseDomain: previews.example.com
  executionRoleArn: ${full.executionRoleArn}
  albListenerArn: ${full.albListenerArn}
  cluster: staging  # shared
  subnets: [subnet-0abc1234, subnet-0abc1235]
  securityGroups:
  - sg-0abc1234
  vpc: vpc-0abc1234
container: { env: { A: b } }
# end

build:
  roleArn: ${full.buildRoleArn}
  repository: https://github.com/acme/shop.git

task:
  assignPublicIp: false
`);
    const again = readWritten(edit.text, file).values;
    expect(again).toMatchObject({ cluster: 'staging', vpc: 'vpc-0abc1234', app: 'shop' });
  });

  test('fills a flow mapping too', () => {
    const { text } = editConfig(written, { port: 3000 }, file);
    expect(readWritten(text, file).values.port).toBe(3000);
    expect(text).toContain('A: b');
  });

  test('is left alone where nothing differs, and filling a placeholder replaces nothing', () => {
    expect(editConfig(written, { cluster: 'old' }, file)).toEqual({ text: written, replaced: [] });
    expect(editConfig(written, { vpc: 'vpc-00000001' }, file).replaced).toEqual([]);
    expect(editConfig('', { vpc: 'vpc-00000001' }, file).text).toContain('vpc: vpc-00000001');
  });

  test('gives the valid values and no others', () => {
    expect(readWritten(written, file).values).toEqual({
      cluster: 'old',
      subnets: ['subnet-00000001', 'subnet-00000002'],
      securityGroups: ['sg-00000001', 'sg-00000002'],
    });
    expect(readWritten(exampleConfig(), file).values).toMatchObject({ app: 'hello' });
    const several = exampleConfig().replace(/albListenerArn: (.*)/, 'albListenerArns: [$1, $1]');
    const { values } = readWritten(several, file);
    expect(values.albListenerArn).toMatch(/^arn:/);
    expect(editConfig(several, values, file).text).toBe(several);
    expect(readWritten('__proto__: { app: x }\nconstructor: 1', file).values).toEqual({});
  });

  describe('with albListenerArns', () => {
    const [a, b, c] = ['/a/0/1', '/b/0/1', '/c/0/1'].map(
      (end) => `arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app${end}`,
    );
    const flow = `providerConfig:\n  albListenerArns: [${a}, ${b}]  # ours\n  vpc: vpc-00000001\n`;
    const block = `providerConfig:\n  albListenerArns:\n    - ${a}\n    - ${b}\n  vpc: vpc-00000001\n`;

    test.each([
      ['a list in brackets', flow, `[${c}]`],
      ['a list of lines', block, `\n    - ${c}\n`],
      ['a list of one', flow.replace(`, ${b}`, ''), `[${c}]`],
      ['no value yet', 'providerConfig:\n  albListenerArns:\n', `\n    - ${c}\n`],
      ['a placeholder', 'providerConfig:\n  albListenerArns: <FILL IN>\n', `\n    - ${c}\n`],
    ])('%s takes the listener that is named, and no second key comes in', (_, text, expected) => {
      const edit = editConfig(text, { albListenerArn: c }, file);
      expect(edit.text).toContain(
        `albListenerArns:${expected.startsWith('[') ? ' ' : ''}${expected}`,
      );
      expect(edit.text).not.toContain('albListenerArn:');
      expect(edit.text.includes('# ours')).toBe(text.includes('# ours'));
      expect(readWritten(edit.text, file).values.albListenerArn).toBe(c);
      expect(edit.replaced).toEqual(text.includes(a ?? '') ? ['albListenerArn'] : []);
      expect(edit.note).toEqual(
        text.includes(b ?? '') ? expect.stringContaining('instead of 2:') : undefined,
      );
    });

    test.each([a, b])('one of the list changes nothing', (albListenerArn) => {
      const { note, ...edit } = editConfig(block, { albListenerArn }, file);
      expect(edit).toEqual({ text: block, replaced: [] });
      expect(note).toEqual(
        albListenerArn === a ? undefined : expect.stringContaining('the list stays as it is'),
      );
    });

    test('and the other key too, which validate refuses, only that one is set', () => {
      const both = `${flow}  albListenerArn: ${a}\n`;
      const edit = editConfig(both, { albListenerArn: c }, file);
      expect(edit.text).toBe(`${flow}  albListenerArn: ${c}\n`);
    });
  });

  test.each(['a: [', '- list', 'text', '&a [*a]', 'a: &a\n  b: *a'])(
    '%j is refused or read',
    (text) => {
      try {
        expect(readWritten(text, file).values).toEqual({});
      } catch (error) {
        expect(error).toMatchObject({
          code: 'config-invalid',
          message: expect.stringContaining(file),
        });
      }
    },
  );
});

test('a draft is a whole configuration with what is known in it, unless that does not go together', () => {
  const place = { partition: 'aws-cn', region: 'cn-north-1', account: '210987654321' };
  const own = 'arn:aws-cn:iam::210987654321:role/tasks';
  const config = draftConfig({ cluster: 'staging', executionRoleArn: own }, place);
  expect(config?.providerConfig).toMatchObject({ cluster: 'staging', region: 'cn-north-1' });
  expect(draftConfig({ executionRoleArn: role('elsewhere') }, place)).toBeUndefined();
});
