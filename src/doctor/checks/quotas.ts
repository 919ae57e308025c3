import { vcpuQuotas } from '../../preview/quotas.ts';
import { type Check, fail, ok, skip, warn } from '../check.ts';
import { serviceQuota } from './cluster.ts';

const increase = (service: string, code: string, value: number) =>
  `aws service-quotas request-service-quota-increase --service-code ${service} --quota-code ${code} --desired-value ${value}`;

const vcpu: Check = {
  id: 'quotas.fargate-vcpu',
  group: 'quotas',
  title: 'Fargate has enough vCPU',
  async run({ quota, vcpuUsage, config }) {
    const { cpu, count, spot } = config.task;
    const code = spot ? vcpuQuotas.spot : vcpuQuotas.onDemand;
    const [read, usage] = await Promise.all([quota(`fargate/${code}`), vcpuUsage()]);
    if (!read.ok) return read.gap;
    const limit = read.value;
    if (limit === undefined) return skip('AWS does not tell this quota here');
    const kind = spot ? 'Fargate Spot' : 'Fargate';
    const wanted = (cpu * count) / 1024;
    const fix = increase('fargate', code, Math.max(6, Math.ceil(wanted * 4)));
    if (limit === 0) return fail(`the account may run 0 vCPU on ${kind}`, fix);
    const seen = `${limit} vCPU on ${kind}; one preview takes ${wanted}`;
    if (limit < wanted) return fail(seen, `${fix}\nOr take less: task.cpu, task.count`);
    const used = usage.ok ? usage.value.used : 0;
    if (used + wanted > limit) {
      const now = `${used} of ${limit} vCPU on ${kind} are in use; one preview takes ${wanted}`;
      return warn(now, `Destroy previews that nobody needs, or ask for more:\n  ${fix}`);
    }
    // A rollout runs old and new tasks side by side.
    return limit < 2 * wanted ? warn(`${seen}, and twice that while it is updated`, fix) : ok(seen);
  },
};

/** "Concurrently running builds for Linux/Small environment". */
const smallBuilds = 'L-9D07B6EF';

const builds: Check = {
  id: 'quotas.builds',
  group: 'quotas',
  title: 'CodeBuild may run builds',
  async run({ quota, config }) {
    const { build, task } = config;
    if (build.compute !== 'small' || task.architecture !== 'x86_64') {
      return skip(
        `the quota of ${build.compute} ${task.architecture} machines is not looked up`,
        'aws service-quotas list-service-quotas --service-code codebuild',
      );
    }
    const read = await quota(`codebuild/${smallBuilds}`);
    if (!read.ok) return read.gap;
    if (read.value === undefined) return skip('AWS does not tell this quota here');
    if (read.value > 0) return ok(`${read.value} at once`);
    return fail('the account may run 0 builds at once', increase('codebuild', smallBuilds, 10));
  },
};

export const quotaChecks: readonly Check[] = [vcpu, builds, serviceQuota];
