// What ACM and Service Quotas say of the account.
import { expect, test } from 'vitest';
import type { World } from '../../../src/sandbox/types.ts';
import {
  account,
  balancerArn,
  listenerArn,
  openAccount,
  openEdited,
  refusal,
  region,
} from './account.ts';

const domain = 'previews.example.com';
const day = 86_400_000;

async function certificate({ call }: Pick<ReturnType<typeof openEdited>, 'call'>) {
  const { Certificates } = await call('elasticloadbalancing:DescribeListenerCertificates', {
    ListenerArn: listenerArn,
  });
  const CertificateArn = Certificates?.[0]?.CertificateArn;
  return (await call('acm:DescribeCertificate', { CertificateArn })).Certificate;
}

test('[cert-1] the seeded certificate is for the wildcard, and good for a year', async () => {
  const opened = openAccount();
  const found = await certificate(opened);
  expect(found).toMatchObject({
    DomainName: `*.${domain}`,
    SubjectAlternativeNames: [`*.${domain}`],
    Status: 'ISSUED',
    InUseBy: [balancerArn],
    RenewalEligibility: 'ELIGIBLE',
  });
  const left = Number(found?.NotAfter) - opened.clock.now();
  expect(Math.round(left / day)).toBe(365);
});

test('[cert-2] a certificate that is over is EXPIRED; one that was never issued has no dates', async () => {
  const planted = (edit: (c: World['acm']['certificates'][string]) => void) =>
    openEdited((world) => Object.values(world.acm.certificates).forEach(edit));
  const over = planted((c) => {
    c.notAfter = 1;
  });
  expect((await certificate(over))?.Status).toBe('EXPIRED');
  const pending = planted((c) => {
    c.status = 'PENDING_VALIDATION';
    delete c.notBefore;
    delete c.notAfter;
  });
  const found = await certificate(pending);
  expect(found?.Status).toBe('PENDING_VALIDATION');
  expect(found).not.toHaveProperty('NotAfter');
});

test('[cert-3] what is no certificate, or none here, is refused', async () => {
  const ask = (CertificateArn: string) =>
    refusal(openAccount().call('acm:DescribeCertificate', { CertificateArn }));
  expect(await ask('arn:aws:s3:::bucket')).toContain('InvalidArnException');
  const none = `arn:aws:acm:${region}:${account}:certificate/none`;
  expect(await ask(none)).toContain('ResourceNotFoundException: Could not find certificate');
  expect(await ask(none.replace(region, 'eu-west-1'))).toContain('ResourceNotFoundException');
});

test.each([
  ['fargate', 'L-3032A538', 6],
  ['fargate', 'L-36FBB829', 6],
  ['codebuild', 'L-9D07B6EF', 10],
  ['ecs', 'L-9EF96962', 5000],
])('[quota-1] the quota %s %s is that of a new account', async (ServiceCode, QuotaCode, value) => {
  const { Quota } = await openAccount().call('servicequotas:GetServiceQuota', {
    ServiceCode,
    QuotaCode,
  });
  expect(Quota).toMatchObject({ ServiceCode, QuotaCode, Value: value, Adjustable: true });
});

test('[quota-1] a quota can be any, and one that is not there is refused', async () => {
  const { call } = openEdited(({ quotas }) => {
    const found = quotas['L-3032A538'];
    if (found) found.value = 0;
  });
  const ask = (ServiceCode: string, QuotaCode: string) =>
    call('servicequotas:GetServiceQuota', { ServiceCode, QuotaCode });
  expect((await ask('fargate', 'L-3032A538')).Quota?.Value).toBe(0);
  expect(await refusal(ask('ecs', 'L-3032A538'))).toContain('NoSuchResourceException');
  expect(await refusal(ask('fargate', 'L-0'))).toContain('NoSuchResourceException');
});
