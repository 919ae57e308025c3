import type {
  CertificateDetail,
  DescribeCertificateCommandInput,
  DescribeCertificateResponse,
  DomainValidation,
} from '@aws-sdk/client-acm';
import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import { resourceTagContext } from '../tags.ts';
import type { Authorization, Certificate, Ctx, Operation, ServiceTable, World } from '../types.ts';

const DescribeCertificate = {
  authorize(input: DescribeCertificateCommandInput, { world }: Ctx): Authorization[] {
    const arn = input.CertificateArn ?? '*';
    const context = resourceTagContext(world.acm.certificates[arn]?.tags);
    return [{ action: 'acm:DescribeCertificate', resource: arn, context }];
  },
  run(input: DescribeCertificateCommandInput, { world, now }: Ctx): DescribeCertificateResponse {
    const arn = input.CertificateArn ?? '';
    if (!/^arn:[^:]+:acm:[^:]+:\d{12}:certificate\/.+$/.test(arn)) {
      throw awsError('InvalidArnException', `The ARN '${arn}' is not that of a certificate.`);
    }
    const found = arn.startsWith(arnOf(world, 'acm', '')) && world.acm.certificates[arn];
    if (found) return { Certificate: shapeOf(world, found, now) };
    const { account } = world;
    throw awsError(
      'ResourceNotFoundException',
      `Could not find certificate ${arn} for account ${account}.`,
    );
  },
} satisfies Operation;

/** AWS Certificate Manager: exactly the operations of the manifest. */
export const acm = { DescribeCertificate } satisfies ServiceTable<'acm'>;

function shapeOf(world: World, certificate: Certificate, now: number): CertificateDetail {
  const { arn, status, notBefore, notAfter, createdAt } = certificate;
  const over = status === 'ISSUED' && notAfter !== undefined && now >= notAfter;
  return {
    CertificateArn: arn,
    DomainName: certificate.domain,
    SubjectAlternativeNames: [...certificate.names],
    Status: over ? 'EXPIRED' : status,
    Type: certificate.type,
    KeyAlgorithm: 'RSA_2048',
    CreatedAt: new Date(createdAt),
    ...(notBefore === undefined ? {} : { NotBefore: new Date(notBefore) }),
    ...(notAfter === undefined ? {} : { NotAfter: new Date(notAfter) }),
    ...validationOf(certificate),
    InUseBy: usersOf(world, arn),
    RenewalEligibility: certificate.type === 'IMPORTED' ? 'INELIGIBLE' : 'ELIGIBLE',
  };
}

/** By which record in DNS the domain shows whose it is. */
function validationOf({ domain, status, validation }: Certificate): Partial<CertificateDetail> {
  if (!validation) return {};
  const { name: Name, value: Value } = validation;
  const option: DomainValidation = {
    DomainName: domain,
    ValidationDomain: domain,
    ValidationMethod: 'DNS',
    ValidationStatus: status === 'ISSUED' ? 'SUCCESS' : 'PENDING_VALIDATION',
    ResourceRecord: { Name, Type: 'CNAME', Value },
  };
  return { DomainValidationOptions: [option] };
}

/** The load balancers with a listener that has the certificate. */
function usersOf({ elasticloadbalancing: { listeners } }: World, arn: string): string[] {
  const using = Object.values(listeners).filter(
    ({ certificateArn, certificates = [] }) => certificateArn === arn || certificates.includes(arn),
  );
  return [...new Set(using.map(({ loadBalancerArn }) => loadBalancerArn))];
}
