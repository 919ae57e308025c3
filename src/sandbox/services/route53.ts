import type {
  ChangeResourceRecordSetsCommandInput,
  ChangeResourceRecordSetsResponse,
  GetChangeCommandInput,
  GetChangeResponse,
  ListResourceRecordSetsCommandInput,
  ListResourceRecordSetsResponse,
  ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { awsError } from '../errors.ts';
import type { Authorization, Ctx, Operation, ServiceTable } from '../types.ts';
import { applyChanges } from './route53-changes.ts';
import { bareId, normalizeName, recordOrder } from './route53-names.ts';
import { GetHostedZone, ListHostedZones, onZone, zoneOf } from './route53-zone.ts';

/** AWS says "usually within 60 seconds"; the sandbox takes half of it. */
const insyncMs = 30_000;
// ListResourceRecordSets, Route 53 API reference: more than 300 a page are never given.
const maxItems = 300;

const ListResourceRecordSets = {
  authorize: (input: ListResourceRecordSetsCommandInput, { world }: Ctx) => [
    onZone('ListResourceRecordSets', input.HostedZoneId, world),
  ],
  run(input: ListResourceRecordSetsCommandInput, { world }: Ctx): ListResourceRecordSetsResponse {
    const zone = zoneOf(world, input.HostedZoneId);
    const { StartRecordName: name, StartRecordType: type } = input;
    if (type !== undefined && name === undefined) {
      throw invalidInput('A start record type needs a start record name.');
    }
    const from = name === undefined ? '' : recordOrder(normalizeName(name), type);
    const size = Math.min(input.MaxItems ?? maxItems, maxItems);
    if (!(size >= 1)) throw invalidInput('MaxItems must be at least 1.');
    const rest = sorted(zone.records).filter((record) => orderOf(record) >= from);
    const next = rest[size];
    return {
      ResourceRecordSets: rest.slice(0, size),
      IsTruncated: next !== undefined,
      MaxItems: size,
      ...(next ? { NextRecordName: next.Name, NextRecordType: next.Type } : {}),
    };
  },
} satisfies Operation;

const ChangeResourceRecordSets = {
  authorize(input: ChangeResourceRecordSetsCommandInput, { world }: Ctx): Authorization[] {
    const changes = input.ChangeBatch?.Changes ?? [];
    const distinct = (values: (string | undefined)[]) => [
      ...new Set(values.filter((value) => value !== undefined)),
    ];
    const sets = changes.map(({ ResourceRecordSet: set }) => set);
    const names = sets.map((set) => normalizeName(set?.Name ?? '').replace(/\.$/, ''));
    const key = 'route53:ChangeResourceRecordSets';
    const context = {
      [`${key}NormalizedRecordNames`]: distinct(names),
      [`${key}RecordTypes`]: distinct(sets.map((set) => set?.Type)),
      [`${key}Actions`]: distinct(changes.map(({ Action }) => Action)),
    };
    return [{ ...onZone('ChangeResourceRecordSets', input.HostedZoneId, world), context }];
  },
  run(input: ChangeResourceRecordSetsCommandInput, ctx: Ctx): ChangeResourceRecordSetsResponse {
    const { world, now } = ctx;
    const zone = zoneOf(world, input.HostedZoneId);
    const changes = input.ChangeBatch?.Changes ?? [];
    if (changes.length === 0) throw invalidInput('At least one change is required.');
    const records = zone.records as unknown as ResourceRecordSet[];
    const after = applyChanges({ world, zoneName: zone.name, records }, changes);
    zone.records = after as unknown as Record<string, unknown>[];
    const id = `C${ctx.id(20).toUpperCase()}`;
    world.route53.changes[id] = { id, submittedAt: now };
    return { ChangeInfo: changeInfo({ id, submittedAt: now }, now) };
  },
} satisfies Operation;

const GetChange = {
  authorize: (input: GetChangeCommandInput, { world }: Ctx): Authorization[] => [
    {
      action: 'route53:GetChange',
      resource: `arn:${world.partition}:route53:::change/${bareId(input.Id)}`,
    },
  ],
  run(input: GetChangeCommandInput, { world, now }: Ctx): GetChangeResponse {
    const id = bareId(input.Id);
    const change = world.route53.changes[id];
    if (!change) {
      throw awsError('NoSuchChange', `Could not find resource with ID: ${id}`, {
        status: 404,
        code: 'NoSuchChange',
      });
    }
    return { ChangeInfo: changeInfo(change, now) };
  },
} satisfies Operation;

/** Route 53: exactly the operations of the manifest. */
export const route53 = {
  ChangeResourceRecordSets,
  GetChange,
  GetHostedZone,
  ListHostedZones,
  ListResourceRecordSets,
} satisfies ServiceTable<'route53'>;

const invalidInput = (message: string) =>
  awsError('InvalidInput', message, { code: 'InvalidInput' });

const orderOf = (record: ResourceRecordSet) => recordOrder(record.Name ?? '', record.Type);

const sorted = (records: readonly Record<string, unknown>[]) =>
  (structuredClone(records) as unknown as ResourceRecordSet[]).sort((a, b) =>
    orderOf(a) < orderOf(b) ? -1 : 1,
  );

const changeInfo = ({ id, submittedAt }: { id: string; submittedAt: number }, now: number) => ({
  Id: `/change/${id}`,
  Status: now - submittedAt >= insyncMs ? ('INSYNC' as const) : ('PENDING' as const),
  SubmittedAt: new Date(submittedAt),
});
