import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { checkConfig } from '../../../src/config/check.ts';
import { exampleConfig } from '../../../src/config/example.ts';
import { salvage } from '../../../src/config/salvage.ts';
import { configSchema } from '../../../src/config/schema.ts';
import { readSource } from '../../../src/config/source.ts';
import type { Config } from '../../../src/config/types.ts';

const directory = new URL('../../../fixtures/configs/valid/', import.meta.url);
const read = (name: string) => readFileSync(new URL(`${name}.yml`, directory), 'utf8');

function load(text: string, file = 'previewops.yml'): Config {
  const result = checkConfig({ file, text });
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.config;
}

describe('the example of the reference', () => {
  it('is valid as it stands, and everything else has a default', () => {
    expect(load(read('reference'))).toEqual({
      provider: 'aws-ecs',
      providerConfig: {
        cluster: 'previewops-cluster',
        vpc: 'vpc-0abc1234def56789a',
        subnets: ['subnet-0abc1234def56789a', 'subnet-0abc1234def56789b'],
        securityGroups: ['sg-0abc1234def56789a'],
        albListenerArn:
          'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/my-alb/xxx/yyy',
        albListenerArns: [
          'arn:aws:elasticloadbalancing:us-east-1:123456789012:listener/app/my-alb/xxx/yyy',
        ],
        executionRoleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
        baseDomain: 'previews.example.com',
        ecrRepoPrefix: 'previewops',
        region: 'us-east-1',
        account: '123456789012',
        partition: 'aws',
        rulePriority: { from: 1000, to: 49_999 },
      },
      hostPattern: '{id}.{baseDomain}',
      branchPrefix: '',
      container: {
        name: 'app',
        env: {},
        secrets: {},
        healthCheck: { path: '/', codes: '200-399', grace: 60 },
        stopTimeout: 5,
        dependsOn: {},
      },
      sidecars: [],
      task: {
        cpu: 512,
        memory: 1024,
        architecture: 'x86_64',
        spot: false,
        count: 1,
        assignPublicIp: true,
      },
      build: {
        dockerfile: 'Dockerfile',
        context: '.',
        args: {},
        compute: 'small',
        timeout: 1200,
        cache: true,
        roleArn: 'arn:aws:iam::123456789012:role/ecsTaskExecutionRole',
      },
      hooks: { timeout: 600 },
      probe: true,
      forks: 'deny',
      bots: 'deny',
      callback: { allowPrivate: false },
      github: { deployments: true, environment: 'PR Preview', comment: 'auto' },
      logs: { retentionDays: 14 },
      prices: {},
      images: { keep: 200 },
      tags: {},
    });
  });
});

describe('what is written', () => {
  it('is brought into one form', () => {
    const { providerConfig, container, task, build, ttl, idle } = load(read('full'));
    expect(providerConfig.hostedZoneId).toBe('Z0123456789ABCDEFGHIJ');
    expect(container.healthCheck).toEqual({ path: '/healthz', codes: '200', grace: 120 });
    expect(container.secrets.API_KEY).toBe(
      'arn:aws:ssm:us-east-1:123456789012:parameter/shop/preview/api-key',
    );
    expect([task.cpu, task.memory, build.timeout]).toEqual([512, 2048, 5400]);
    expect([ttl, idle]).toEqual([604_800, 14_400]);
    expect([build.dockerfile, build.context]).toEqual(['docker/Dockerfile', '.']);
    expect(build.repository).toBe('https://github.com/example/shop.git');
  });

  it('runs text in a shell, and words as they are', () => {
    expect(load(read('full')).hooks).toEqual({
      onCreate: ['sh', '-c', 'npm run seed && echo "seeded"'],
      onDeploy: ['npm', 'run', 'migrate', '--', '--step', '10', '--dry', 'false'],
      onDestroy: ['npm', 'run', 'drop'],
      timeout: 1200,
    });
  });

  it('says whose previews there are, and who is told', () => {
    const { probe, forks, bots, requireLabel, callback, github } = load(read('full'));
    expect({ probe, forks, bots, requireLabel, callback, github }).toEqual({
      probe: false,
      forks: 'without-secrets',
      bots: 'allow',
      requireLabel: '2024',
      callback: {
        allowHosts: ['ci.example.com', '*.hooks.example.com', 'localhost'],
        allowPrivate: true,
      },
      github: { deployments: false, environment: 'Previews of the shop', comment: 'on-failure' },
    });
  });

  it('stays as it is where text is meant: no digit of a version or an id is lost', () => {
    const { container, build, tags } = load(read('full'));
    expect(container.env).toMatchObject({
      RELEASE: '1.10',
      DEBUG: 'true',
      BUILD_ID: '12345678901234567890',
    });
    expect(container.command).toEqual(['npm', 'start', '--port', '3000']);
    expect(build.args.NODE_VERSION).toBe('22.10');
    expect(tags['cost-centre']).toBe('0042');
  });

  it('gives the cluster, the domain and the region their plain names', () => {
    expect(load(read('minimal')).providerConfig).toMatchObject({
      cluster: 'shared',
      baseDomain: 'previews.example.com',
      region: 'eu-central-1',
    });
  });

  it('counts as absent when nothing follows the key', () => {
    const bare = `${read('reference')}container:\n  # port: 3000\ntask:\n  cpu:\nsidecars:\n`;
    expect(load(bare)).toEqual(load(read('reference')));
  });

  it('may use anchors and merge keys', () => {
    const text = `${read('reference')}container:\n  env: &shared { A: 1 }\nsidecars:\n  - { name: b, image: b, env: { <<: *shared, B: 2 } }\n`;
    expect(load(text).sidecars[0]?.env).toEqual({ A: '1', B: '2' });
  });

  it('may be JSON, also with tabs, and a key of package.json', () => {
    const config = { provider: 'aws-ecs', ...(readSource(read('minimal')).data as object) };
    const json = JSON.stringify(config, null, '\t');
    expect(load(json, 'previewops.json')).toEqual(load(read('minimal')));
    const inPackage = JSON.stringify({ name: 'shop', previewops: config }, null, 2);
    expect(load(inPackage, 'web/package.json')).toEqual(load(read('minimal')));
  });
});

describe('waiting for sidecars', () => {
  const dependsOn = (yaml: string) => load(`${read('reference')}${yaml}`).container.dependsOn;

  it('is for health where a health check tells it, else for the start', () => {
    const sidecars =
      'sidecars:\n  - { name: db, image: db, healthCheck: { command: [CMD-SHELL, "true"] } }\n  - { name: mail, image: mail }\n';
    expect(dependsOn(sidecars)).toEqual({ db: 'healthy', mail: 'start' });
    expect(dependsOn(`${sidecars}container:\n  dependsOn: {}\n`)).toEqual({});
  });

  it('leaves out those that wait for the app, however far', () => {
    const sidecars =
      'sidecars:\n  - { name: far, image: a, dependsOn: { near: start } }\n  - { name: near, image: a, dependsOn: { app: start } }\n  - { name: db, image: a }\n';
    expect(dependsOn(sidecars)).toEqual({ db: 'start' });
  });
});

describe('every valid fixture', () => {
  const names = readdirSync(directory).map((file) => file.replace('.yml', ''));

  it.each(names)('%s looks the same to the rules as to the schema', (name) => {
    const { data } = readSource(read(name));
    expect(salvage(configSchema, data)).toEqual(configSchema.parse(data));
  });

  it('full.yml has every key, but for the one that stands in place of another', () => {
    const missing = listMissing(configSchema, readSource(read('full')).data, '');
    expect(missing).toEqual(['.providerConfig.albListenerArns']);
  });

  it('several-listeners.yml has them in order, the first one twice', () => {
    const { providerConfig } = load(read('several-listeners'));
    const [first, second] = providerConfig.albListenerArns;
    expect(first).toContain('/app/edge-1/');
    expect(second).toContain('/app/edge-2/');
    expect(providerConfig).toMatchObject({ albListenerArn: first, region: 'eu-west-1' });
  });

  it('and the built-in example is valid', () => {
    const config = load(exampleConfig());
    expect(config.app).toBe('hello');
    expect(config.build.repository).toBe('https://github.com/example/hello.git');
    expect(config.providerConfig).toEqual(load(read('reference')).providerConfig);
  });
});

/** Keys of the schema that neither the value nor, for a list, any of its items has. */
function listMissing(schema: unknown, value: unknown, path: string): string[] {
  if (
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodOptional
  ) {
    return listMissing(schema.def.innerType, value, path);
  }
  if (schema instanceof z.ZodArray && Array.isArray(value)) {
    return listMissing(schema.def.element, Object.assign({}, ...value.toReversed()), `${path}[]`);
  }
  if (!(schema instanceof z.ZodObject)) return value === undefined ? [path] : [];
  const written = (value ?? {}) as Record<string, unknown>;
  return Object.entries(schema.shape).flatMap(([key, child]) =>
    listMissing(child, written[key], `${path}.${key}`),
  );
}
