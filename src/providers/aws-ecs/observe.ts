import { parseClaim } from '../../preview/claim.ts';
import { tagKeys } from '../../preview/tags.ts';
import type { DeployRequest } from '../provider.ts';
import { type GivenImage, resolveImage } from './given-image.ts';
import type { Seen } from './listeners.ts';
import { type BuildProject, readBuildProject } from './resources/build-project.ts';
import { type DnsRecord, pointsAt, readDnsRecord } from './resources/dns-record.ts';
import { findDigest, type ImageOrder, imageOrder } from './resources/image.ts';
import { readImageTags } from './resources/images-removal.ts';
import { listRules, type Rule, relatedRules } from './resources/listener-rule.ts';
import { type LogGroup, readLogGroup } from './resources/log-group.ts';
import { type Repository, readRepository } from './resources/repository.ts';
import { readService, type Service } from './resources/service.ts';
import {
  findTargetGroup,
  readAttributes,
  readTags,
  type TargetGroup,
} from './resources/target-group.ts';
import { readTaskDefinition, type TaskDefinition } from './resources/task-definition.ts';
import { type Revisions, readRevisions } from './resources/task-definitions-removal.ts';
import { type AccountRoom, readAccountRoom } from './room/account-room.ts';
import { countPreviews, findGroupsOfApp } from './room/occupants.ts';
import type { Session } from './session.ts';

/** What every look at a preview begins with. */
export interface Common {
  service: Service | undefined;
  targetGroup: TargetGroup | undefined;
  /** All rules of all listeners; tags on those that concern the preview. */
  rules: Rule[];
  logGroup: LogGroup | undefined;
  dnsRecord: DnsRecord | undefined;
}

export interface DeployObservation extends Common {
  /** How many previews the app has, where that may be as many as it may have. */
  previews: number | undefined;
  /** What the account has left for one that is not there yet. */
  account: AccountRoom | undefined;
  /** The revision in service and the newest, where there are such. */
  revisions: (TaskDefinition | undefined)[];
  /** Exactly one of the two: an image to build (or built before), or one that was given. */
  building: Building | undefined;
  given: GivenImage | undefined;
}

export interface Building {
  order: ImageOrder;
  digest: string | undefined;
  repository: Repository | undefined;
  project: BuildProject | undefined;
}

export interface DestroyObservation extends Common {
  revisions: Revisions;
  imageTags: string[];
}

/** Two rounds of reads, each in parallel: what is found by name, then what needs an ARN of the first. */
export async function observeDeploy(
  session: Session,
  request: DeployRequest,
): Promise<DeployObservation> {
  const { maxPreviews } = session.target.config;
  const service = readService(session);
  const [first, groups, newest, building, given, account] = await Promise.all([
    firstRound(session, service),
    maxPreviews === undefined ? [] : findGroupsOfApp(session),
    readTaskDefinition(session, session.target.names.family),
    request.image === undefined ? observeBuilding(session, request.commit ?? '') : undefined,
    request.image === undefined ? undefined : resolveImage(session, request.image),
    readAccountRoom(session, service),
  ]);
  const inService = first.service?.status === 'ACTIVE' ? first.service.taskDefinitionArn : '';
  const mayBeFull = !first.service && maxPreviews !== undefined && groups.length >= maxPreviews;
  const [second, previews, serving] = await Promise.all([
    secondRound(session, first, { attributes: true }),
    mayBeFull ? countPreviews(session, groups) : undefined,
    inService === '' || inService === newest?.arn ? newest : readTaskDefinition(session, inService),
  ]);
  const revisions = [serving, newest];
  return { ...first, ...second, previews, account, revisions, building, given };
}

async function observeBuilding(session: Session, commit: string): Promise<Building> {
  const order = imageOrder(session.target, commit);
  const [digest, repository, project] = await Promise.all([
    findDigest(session, order),
    readRepository(session),
    readBuildProject(session),
  ]);
  return { order, digest, repository, project };
}

export async function observeDestroy(session: Session): Promise<DestroyObservation> {
  const [first, revisions, imageTags] = await Promise.all([
    firstRound(session),
    readRevisions(session),
    readImageTags(session),
  ]);
  const second = await secondRound(session, first, { attributes: false });
  return { ...first, ...second, revisions, imageTags };
}

/** One preview as `status` shows it. */
export async function observePreview(session: Session): Promise<Common> {
  const first = await firstRound(session);
  return { ...first, ...(await secondRound(session, first, { attributes: false })) };
}

async function firstRound(session: Session, reading = readService(session)) {
  const [service, targetGroup, rules, logGroup, dnsRecord] = await Promise.all([
    reading,
    findTargetGroup(session),
    listRules(session),
    readLogGroup(session),
    readDnsRecord(session),
  ]);
  return { service, targetGroup, rules, logGroup, dnsRecord };
}

async function secondRound(
  session: Session,
  first: Awaited<ReturnType<typeof firstRound>>,
  want: { attributes: boolean },
): Promise<Pick<Common, 'targetGroup' | 'rules'>> {
  const { targetGroup: group, rules } = first;
  // DescribeTags takes 20 ARNs; more than 19 rules of one host would be somebody's experiment.
  const related = relatedRules(session.target, rules, group?.arn).slice(0, 19);
  const [tags, attributes] = await Promise.all([
    readTags(session, [...(group ? [group.arn] : []), ...related.map((rule) => rule.arn)]),
    group && want.attributes ? readAttributes(session, group.arn) : {},
  ]);
  const groupTags = group && tags[group.arn];
  return {
    targetGroup: group && groupTags ? { ...group, attributes, tags: groupTags } : undefined,
    rules: rules.map((rule) => ({ ...rule, tags: tags[rule.arn] })),
  };
}

/** What of an observation decides on which listener the preview is. */
export const seenIn = ({
  rules,
  targetGroup,
  dnsRecord,
}: Pick<Common, 'rules' | 'targetGroup' | 'dnsRecord'>): Seen => ({
  rules,
  balancers: targetGroup?.balancers ?? [],
  recordAt: pointsAt(dnsRecord)?.arn,
});

/** The claim on the target group, when the run that wrote it did not come to its end. */
export function unfinishedClaim(observed: {
  targetGroup: Pick<TargetGroup, 'tags'> | undefined;
  service: Pick<Service, 'tags'> | undefined;
}) {
  const written = observed.targetGroup?.tags[tagKeys.claim];
  const finished = observed.service?.tags[tagKeys.claim];
  return written === finished ? undefined : parseClaim(written);
}
