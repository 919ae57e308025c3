import { expect } from 'vitest';
import type { Aws } from '../../../src/aws/aws.ts';
import { present, refusal } from '../../helpers/wire/expect.ts';
import { account, region } from '../../helpers/wire/seed.ts';
import type { WireWorld } from '../../helpers/wire/world.ts';

/** The listener, its certificates and what is left of the limits. */
export async function callListeners(aws: Aws, world: WireWorld) {
  const certificate = await describeListener(aws, world);
  await describeCertificate(aws, world, certificate);
  await describeLimits(aws);
}

async function describeListener(aws: Aws, { config, loadBalancer }: WireWorld): Promise<string> {
  const { albListenerArn: ListenerArn } = config.providerConfig;
  const describe = (arn: string) =>
    aws.call('elasticloadbalancing:DescribeListeners', { ListenerArns: [arn] });
  const { Listeners } = await describe(ListenerArn);
  const CertificateArn = present(Listeners?.[0]?.Certificates?.[0]?.CertificateArn);
  expect(Listeners).toMatchObject([
    { LoadBalancerArn: loadBalancer.arn, Port: 443, Protocol: 'HTTPS' },
  ]);
  // moto: the same for an ARN that is not a listener's; AWS may word that as a ValidationError.
  for (const arn of [`${ListenerArn}x`, loadBalancer.arn]) {
    await expect(describe(arn)).rejects.toMatchObject(refusal('ListenerNotFoundException'));
  }
  const { Certificates } = await aws.call('elasticloadbalancing:DescribeListenerCertificates', {
    ListenerArn,
  });
  expect(Certificates).toMatchObject([{ CertificateArn, IsDefault: true }]);
  return CertificateArn;
}

async function describeCertificate(aws: Aws, { config }: WireWorld, CertificateArn: string) {
  const { Certificate } = await aws.call('acm:DescribeCertificate', { CertificateArn });
  expect(Certificate).toMatchObject({
    CertificateArn,
    SubjectAlternativeNames: [`*.${config.providerConfig.baseDomain}`],
    Status: 'ISSUED',
    NotAfter: expect.any(Date),
  });
  const absent = `arn:aws:acm:${region}:${account}:certificate/absent`;
  await expect(
    aws.call('acm:DescribeCertificate', { CertificateArn: absent }),
  ).rejects.toMatchObject(refusal('ResourceNotFoundException', absent));
}

async function describeLimits(aws: Aws) {
  const { Limits } = await aws.call('elasticloadbalancing:DescribeAccountLimits', {});
  // moto: lacks `target-groups-per-application-load-balancer`, which is what runs out first.
  expect(Limits).toContainEqual({ Name: 'rules-per-application-load-balancer', Max: '100' });
  const quota = (ServiceCode: string, QuotaCode: string) =>
    aws.call('servicequotas:GetServiceQuota', { ServiceCode, QuotaCode });
  // moto: has the quotas of one service, and not those that doctor asks for.
  expect((await quota('vpc', 'L-F678F1CE')).Quota).toMatchObject({
    QuotaName: 'VPCs per Region',
    Value: 5,
  });
  await expect(quota('fargate', 'L-3032A538')).rejects.toMatchObject(
    refusal('NoSuchResourceException'),
  );
}
