import type {
  GetHostedZoneCommandInput,
  GetHostedZoneResponse,
  HostedZone as HostedZoneShape,
  ListHostedZonesCommandInput,
  ListHostedZonesResponse,
  ResourceRecordSet,
  VPCRegion,
} from '@aws-sdk/client-route-53';
import { awsError } from '../errors.ts';
import { paginate } from '../paginate.ts';
import type { Authorization, Ctx, HostedZone, Operation, World } from '../types.ts';
import { bareId } from './route53-names.ts';

export const onZone = (action: string, id: string | undefined, world: World): Authorization => ({
  action: `route53:${action}`,
  resource: `arn:${world.partition}:route53:::hostedzone/${bareId(id)}`,
});

export function zoneOf(world: World, given: string | undefined): HostedZone {
  const id = bareId(given);
  const zone = Object.hasOwn(world.route53.zones, id) ? world.route53.zones[id] : undefined;
  if (zone) return zone;
  throw awsError('NoSuchHostedZone', `No hosted zone found with ID: ${id}`, {
    status: 404,
    code: 'NoSuchHostedZone',
  });
}

export const GetHostedZone = {
  authorize: (input: GetHostedZoneCommandInput, { world }: Ctx) => [
    onZone('GetHostedZone', input.Id, world),
  ],
  run(input: GetHostedZoneCommandInput, { world }: Ctx): GetHostedZoneResponse {
    const zone = zoneOf(world, input.Id);
    const { name, records, privateVpcs = [] } = zone;
    const sets = records as unknown as ResourceRecordSet[];
    const servers = sets.find(({ Name, Type }) => Name === name && Type === 'NS');
    const isPrivate = privateVpcs.length > 0;
    const vpcs = privateVpcs.map((VPCId) => ({ VPCId, VPCRegion: world.region as VPCRegion }));
    return {
      HostedZone: shapeOf(zone),
      // Only the public can ask the name servers; a private zone has its VPCs instead.
      ...(isPrivate
        ? { VPCs: vpcs }
        : {
            DelegationSet: {
              NameServers: (servers?.ResourceRecords ?? []).map(({ Value = '' }) =>
                Value.replace(/\.$/, ''),
              ),
            },
          }),
    };
  },
} satisfies Operation;

const shapeOf = ({ id, name, records, privateVpcs = [] }: HostedZone): HostedZoneShape => ({
  Id: `/hostedzone/${id}`,
  Name: name,
  CallerReference: `sandbox-${id}`,
  Config: { PrivateZone: privateVpcs.length > 0 },
  ResourceRecordSetCount: records.length,
});

// ListHostedZones, Route 53 API reference: at most 100 a page, and 100 unless asked for fewer.
const mostZones = 100;

export const ListHostedZones = {
  authorize: (): Authorization[] => [{ action: 'route53:ListHostedZones', resource: '*' }],
  run(input: ListHostedZonesCommandInput, { world }: Ctx): ListHostedZonesResponse {
    const size = Math.min(input.MaxItems ?? mostZones, mostZones);
    const onBadMarker = (): never => {
      throw awsError('NoSuchHostedZone', 'No hosted zone found for the marker', {
        status: 404,
        code: 'NoSuchHostedZone',
      });
    };
    const { items, next } = paginate(Object.values(world.route53.zones), {
      marker: input.Marker,
      size,
      keyOf: ({ id }) => id,
      onBadMarker,
    });
    return {
      HostedZones: items.map(shapeOf),
      Marker: input.Marker,
      IsTruncated: next !== undefined,
      MaxItems: size,
      ...(next === undefined ? {} : { NextMarker: next }),
    };
  },
} satisfies Operation;
