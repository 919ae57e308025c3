import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import { arnOf } from '../arn.ts';
import { awsError } from '../errors.ts';
import type { Properties } from '../stack-types.ts';
import type { Certificate, Ctx } from '../types.ts';
import { issuedAt } from './acm-issue.ts';
import { invalidRequest } from './cloudformation-errors.ts';
import {
  type Kind,
  object,
  objects,
  optional,
  tagsIn,
  text,
  texts,
} from './cloudformation-kind.ts';
import { applyChanges } from './route53-changes.ts';
import { zoneOf } from './route53-zone.ts';

/** Validated through DNS. CloudFormation writes the record where it is told a zone, and leaves it there. */
export const certificate: Kind = {
  properties: {
    DomainName: 'replace',
    SubjectAlternativeNames: 'replace',
    DomainValidationOptions: 'replace',
    ValidationMethod: 'replace',
    Tags: 'update',
  },
  required: ['DomainName'],
  attributes: ['CertificateArn'],
  seconds: 5,
  make({ ctx, properties }) {
    if (optional(properties, 'ValidationMethod') !== 'DNS') {
      throw invalidRequest('The sandbox validates certificates by DNS only');
    }
    const { world, now } = ctx;
    const domain = text(properties, 'DomainName');
    const [a, b, c, d, e] = [8, 4, 4, 4, 12].map((length) => ctx.id(length));
    const arn = arnOf(world, 'acm', `certificate/${a}-${b}-${c}-${d}-${e}`);
    const bare = domain.replace(/^\*\./, '');
    const validation = {
      name: `_${ctx.id(32)}.${bare}.`,
      value: `_${ctx.id(32)}.${ctx.id(10)}.acm-validations.aws.`,
    };
    const [option] = objects(properties, 'DomainValidationOptions');
    const zone = option && optional(option, 'HostedZoneId');
    if (zone !== undefined)
      write(ctx, zone, { Action: 'UPSERT', ResourceRecordSet: record(validation) });
    world.acm.certificates[arn] = {
      arn,
      domain,
      names: [...new Set([domain, ...texts(properties, 'SubjectAlternativeNames')])],
      status: 'PENDING_VALIDATION',
      type: 'AMAZON_ISSUED',
      createdAt: now,
      tags: tagsIn(properties),
      validation,
    };
    return { physicalId: arn, attributes: { CertificateArn: arn } };
  },
  update({ ctx, properties }, { physicalId: arn = '', attributes }) {
    certificateOf(ctx, arn).tags = tagsIn(properties);
    return attributes;
  },
  remove({ world }, { physicalId: arn = '' }) {
    const used = Object.values(world.elasticloadbalancing.listeners).some(
      ({ certificateArn, certificates = [] }) =>
        certificateArn === arn || certificates.includes(arn),
    );
    if (used) throw awsError('ResourceInUseException', `Certificate ${arn} is in use.`);
    delete world.acm.certificates[arn];
  },
  readyAt: (ctx, { physicalId: arn = '' }) => issuedAt(certificateOf(ctx, arn)),
  says(ctx, { physicalId: arn = '' }) {
    const { name, value } = certificateOf(ctx, arn).validation ?? {};
    return `Content of DNS Record is: {Name: ${name},Type: CNAME,Value: ${value}}`;
  },
};

function certificateOf({ world }: Ctx, arn: string): Certificate {
  const found = world.acm.certificates[arn];
  if (found) return found;
  throw awsError('ResourceNotFoundException', `Could not find certificate ${arn}`);
}

const record = ({ name, value }: { name: string; value: string }): ResourceRecordSet => ({
  Name: name,
  Type: 'CNAME',
  TTL: 300,
  ResourceRecords: [{ Value: value }],
});

export const recordSet: Kind = {
  properties: {
    HostedZoneId: 'replace',
    Name: 'replace',
    Type: 'update',
    TTL: 'update',
    ResourceRecords: 'update',
    AliasTarget: 'update',
  },
  required: ['HostedZoneId', 'Name', 'Type'],
  attributes: [],
  seconds: 30,
  make({ ctx, properties }) {
    write(ctx, text(properties, 'HostedZoneId'), change('CREATE', properties));
    return { physicalId: text(properties, 'Name'), attributes: {} };
  },
  update({ ctx, properties }, { properties: old, attributes }) {
    const zone = text(properties, 'HostedZoneId');
    const same = properties.Type === old.Type;
    const all = [
      ...(same ? [] : [change('DELETE', old)]),
      change(same ? 'UPSERT' : 'CREATE', properties),
    ];
    write(ctx, zone, ...all);
    return attributes;
  },
  remove: (ctx, { properties }) =>
    write(ctx, text(properties, 'HostedZoneId'), change('DELETE', properties)),
};

function change(Action: 'CREATE' | 'UPSERT' | 'DELETE', properties: Properties): Change {
  const { AliasTarget: alias, TTL } = properties;
  const target = alias === undefined ? undefined : object(alias, 'AliasTarget');
  const set = {
    Name: text(properties, 'Name'),
    Type: text(properties, 'Type'),
    ...(target
      ? {
          AliasTarget: {
            DNSName: text(target, 'DNSName'),
            HostedZoneId: text(target, 'HostedZoneId'),
            EvaluateTargetHealth: target.EvaluateTargetHealth === 'true',
          },
        }
      : {
          TTL: Number(TTL),
          ResourceRecords: texts(properties, 'ResourceRecords').map((Value) => ({ Value })),
        }),
  };
  return { Action, ResourceRecordSet: set as ResourceRecordSet };
}

function write({ world }: Ctx, id: string, ...changes: Change[]): void {
  const zone = zoneOf(world, id);
  const records = zone.records as unknown as ResourceRecordSet[];
  const after = applyChanges({ world, zoneName: zone.name, records }, changes);
  zone.records = after as unknown as Record<string, unknown>[];
}
