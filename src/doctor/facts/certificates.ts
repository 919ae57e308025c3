import { isNamed } from '../../aws/errors.ts';
import type { Certificate } from '../names/certificates.ts';
import { attempt, once, type Read } from '../read.ts';
import type { readBalancer } from './balancer.ts';
import type { Tools } from './tools.ts';

/** A certificate of the listener, and what ACM says of it: nothing of those that IAM keeps. */
export interface ListenerCertificate {
  arn: string;
  detail: Certificate | undefined;
}

/** The listener's certificates, default and further ones. */
export function readCertificates(
  { aws, signal }: Tools,
  { listener, certificateLists }: ReturnType<typeof readBalancer>,
) {
  const describe = (CertificateArn: string) =>
    attempt(
      async () => (await aws.call('acm:DescribeCertificate', { CertificateArn })).Certificate,
      {
        signal,
        expect: (error) =>
          isNamed(error, 'ResourceNotFoundException') ? { value: undefined } : undefined,
      },
    );
  return once(async (): Promise<Read<ListenerCertificate[]>> => {
    const [found, lists] = await Promise.all([listener(), certificateLists()]);
    if (!found.ok) return found;
    if (!lists.ok) return lists;
    const listed = lists.value.get(found.value?.ListenerArn ?? '') ?? [];
    const own = [...listed, ...(found.value?.Certificates ?? [])];
    const arns = [...new Set(own.flatMap(({ CertificateArn }) => CertificateArn ?? []))];
    const all: ListenerCertificate[] = [];
    for (const [at, read] of (
      await Promise.all(
        arns.map(
          async (arn): Promise<Read<Certificate | undefined>> =>
            arn.includes(':acm:') ? describe(arn) : { ok: true, value: undefined },
        ),
      )
    ).entries()) {
      if (!read.ok) return read;
      all.push({ arn: arns[at] ?? '', detail: read.value });
    }
    return { ok: true, value: all };
  });
}
