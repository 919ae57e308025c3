import type {
  GetHostedZoneCommandInput,
  GetHostedZoneResponse,
  ResourceRecordSet,
  VPCRegion,
} from '@aws-sdk/client-route-53';
import { awsError } from '../errors.ts';
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
    const { id, name, records, privateVpcs = [] } = zoneOf(world, input.Id);
    const sets = records as unknown as ResourceRecordSet[];
    const servers = sets.find(({ Name, Type }) => Name === name && Type === 'NS');
    const isPrivate = privateVpcs.length > 0;
    const vpcs = privateVpcs.map((VPCId) => ({ VPCId, VPCRegion: world.region as VPCRegion }));
    return {
      HostedZone: {
        Id: `/hostedzone/${id}`,
        Name: name,
        CallerReference: `sandbox-${id}`,
        Config: { PrivateZone: isPrivate },
        ResourceRecordSetCount: records.length,
      },
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
