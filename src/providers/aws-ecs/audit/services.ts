import { allPages } from '../../../aws/paginate.ts';
import { namePrefix, previewNames } from '../../../preview/names.ts';
import { type Service, type ServiceAnswer, shapeService } from '../resources/service.ts';
import { findTagged } from './tagged.ts';
import { type AuditTools, keyOf, ownerOf } from './tools.ts';

export interface FoundServices {
  /** By preview. */
  services: Map<string, Service>;
  /** Names as ours would be, without our tags. */
  foreign: string[];
  /** Clusters of previews whose service is in another one, by preview; undefined when nobody could tell. */
  elsewhere: Map<string, string> | undefined;
  /** Looks at these, too: ListServices hides what is draining. */
  more(names: readonly string[]): Promise<void>;
}

/**
 * Services of this cluster by name and by tags, described ten at a time while the listings go on: a
 * cluster may run thousands of others, and an app's policy allows no look at another app's.
 */
export async function findServices(tools: AuditTools): Promise<FoundServices> {
  const { session, app } = tools;
  const { config, region, account } = session.target;
  const { cluster, partition } = config.providerConfig;
  const prefix = app === undefined ? namePrefix : `${namePrefix}${app}--`;
  const ownArns = `arn:${partition}:ecs:${region}:${account}:service/${cluster}/`;
  const found: FoundServices = {
    services: new Map(),
    foreign: [],
    elsewhere: new Map(),
    more: async (further) => {
      describer.add(further);
      await describer.end();
    },
  };
  const describer = createDescriber(tools, (answer) => keep(found, answer, tools));
  const byName = allPages({
    page: (nextToken) =>
      session.aws.call('ecs:ListServices', { cluster, maxResults: 100, nextToken }),
    items: (page) => {
      const listed = (page.serviceArns ?? []).map((arn) => arn.split('/').at(-1) ?? '');
      describer.add(listed.filter((name) => name.startsWith(prefix)));
      return [];
    },
    token: (page) => page.nextToken,
  });
  const byTags = findTagged(tools, ['ecs:service'], (page) => {
    for (const { arn, tags } of page) {
      const owner = ownerOf(tags, app);
      const name = arn.split('/').at(-1) ?? '';
      if (!owner || name !== previewNames(owner.app, owner.id, '').service) continue;
      if (arn.startsWith(ownArns)) describer.add([name]);
      else found.elsewhere?.set(keyOf(owner), arn.split('/').at(-2) ?? '');
    }
  });
  const [, told] = await Promise.all([byName, byTags]);
  await describer.end();
  if (!told) found.elsewhere = undefined;
  return found;
}

/** Only names of ours count as ours, tags or not: nothing else could be found again to be removed. */
function keep(found: FoundServices, answer: ServiceAnswer, { app }: AuditTools): void {
  const name = answer.serviceName ?? '';
  const service = shapeService(answer);
  if (!service) return;
  const owner = ownerOf(service.tags, app);
  if (owner && name === previewNames(owner.app, owner.id, '').service) {
    found.services.set(keyOf(owner), slim(service));
  } else found.foreign.push(name);
}

/** Without what a thousand services would fill memory with. */
function slim(service: Service): Service {
  const deployments = service.deployments.map(
    ({ status, rolloutState, rolloutStateReason, runningCount, desiredCount }) => ({
      status,
      rolloutState,
      rolloutStateReason,
      runningCount,
      desiredCount,
    }),
  );
  return { ...service, deployments, events: [] };
}

// DescribeServices, ECS API Reference.
const batchSize = 10;

function createDescriber(
  { session }: AuditTools,
  onService: (answer: ServiceAnswer) => void,
): { add(names: readonly string[]): void; end(): Promise<void> } {
  const { cluster } = session.target.config.providerConfig;
  const seen = new Set<string>();
  let waiting: string[] = [];
  let running: Promise<void>[] = [];

  const describe = async (services: string[]) => {
    const answer = await session.aws.call('ecs:DescribeServices', {
      cluster,
      services,
      include: ['TAGS'],
    });
    for (const service of answer.services ?? []) onService(service);
  };
  const start = (least: number) => {
    while (waiting.length >= least) {
      const work = describe(waiting.slice(0, batchSize));
      work.catch(() => {}); // `end` throws it; until then nobody listens
      running.push(work);
      waiting = waiting.slice(batchSize);
    }
  };
  return {
    add(names) {
      const fresh = names.filter((name) => !seen.has(name));
      for (const name of fresh) seen.add(name);
      waiting.push(...fresh);
      start(batchSize);
    },
    async end() {
      start(1);
      const all = running;
      running = [];
      await Promise.all(all);
    },
  };
}
