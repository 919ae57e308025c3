import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { names } from '../../helpers/wire/inputs.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

export async function callDns(aws: Aws, world: WireWorld) {
  await getZone(aws, world);
  const HostedZoneId = world.hostedZoneId;
  const { dnsName: DNSName, canonicalHostedZoneId } = world.loadBalancer;
  const record = {
    Name: names.host as string,
    Type: 'A' as const,
    AliasTarget: { HostedZoneId: canonicalHostedZoneId, DNSName, EvaluateTargetHealth: false },
  };
  const find = async (zone = HostedZoneId) =>
    (
      await aws.call('route53:ListResourceRecordSets', {
        HostedZoneId: zone,
        StartRecordName: names.host,
        StartRecordType: 'A',
        MaxItems: 1,
      })
    ).ResourceRecordSets;
  const change = (Action: 'UPSERT' | 'DELETE', ResourceRecordSet = record, zone = HostedZoneId) =>
    aws.call('route53:ChangeResourceRecordSets', {
      HostedZoneId: zone,
      ChangeBatch: { Changes: [{ Action, ResourceRecordSet }] },
    });

  expect(await find()).toEqual([]);
  // The listing starts at the name and goes on: the first record may be another one.
  const later = { ...record, Name: 'pr-43.previews.example.com' };
  await change('UPSERT', later);
  expect(await find()).toMatchObject([{ Name: `${later.Name}.` }]);
  const { ChangeInfo } = await change('UPSERT');
  // moto: INSYNC at once, and for any id; it keeps the DNS name without a final dot, AWS adds one.
  const status = await aws.call('route53:GetChange', { Id: present(ChangeInfo?.Id) });
  expect(status.ChangeInfo).toMatchObject({ Status: 'INSYNC', SubmittedAt: expect.any(Date) });
  expect(await find()).toMatchObject([{ ...record, Name: `${names.host}.` }]);
  await change('DELETE');
  // moto: deletes an absent record, or one with other values, without a word; AWS: InvalidChangeBatch.
  await change('DELETE');
  expect(await find()).toMatchObject([{ Name: `${later.Name}.` }]);

  const noZone = refusal('NoSuchHostedZone');
  await expect(find('ZABSENT')).rejects.toMatchObject(noZone);
  await expect(change('UPSERT', record, 'ZABSENT')).rejects.toMatchObject(noZone);
}

async function getZone(aws: Aws, { hostedZoneId: Id, config }: WireWorld) {
  const { HostedZone } = await aws.call('route53:GetHostedZone', { Id });
  expect(HostedZone).toMatchObject({
    Id: `/hostedzone/${Id}`,
    Name: `${config.providerConfig.baseDomain}.`,
    Config: { PrivateZone: false },
  });
  const { HostedZones, IsTruncated } = await aws.call('route53:ListHostedZones', {});
  expect(HostedZones).toMatchObject([HostedZone ?? {}]);
  expect(IsTruncated).toBe(false);
  await expect(aws.call('route53:GetHostedZone', { Id: 'ZABSENT' })).rejects.toMatchObject(
    refusal('NoSuchHostedZone'),
  );
}
