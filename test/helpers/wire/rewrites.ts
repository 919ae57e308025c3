import { isJson, type WireRequest } from './operation.ts';

export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

const json = 'application/x-amz-json-1.1';

export const jsonAnswer = (status: number, value: unknown): WireAnswer => ({
  status,
  headers: { 'content-type': json },
  body: Buffer.from(JSON.stringify(value)),
});

/**
 * The only two corrections of moto's answers; anything more would hide mistakes of ours. CodeBuild
 * sends times as seconds since the epoch where moto sends ISO texts, and moto's IAM check words its
 * refusals in one form of XML for all services: JSON services get JSON, the others AWS's own form.
 */
export function correct(request: WireRequest, operation: string, answer: WireAnswer): WireAnswer {
  const text = answer.body.toString();
  if (answer.status >= 400 && text.trimStart().startsWith('<')) {
    return isJson(request) ? jsonAnswer(answer.status, errorOf(text)) : unwrapped(answer, text);
  }
  if (answer.status < 300 && operation.startsWith('codebuild:')) {
    return jsonAnswer(answer.status, JSON.parse(text, epochSeconds));
  }
  return answer;
}

function unwrapped(answer: WireAnswer, xml: string): WireAnswer {
  const plain = xml.replace(/<(ErrorResponse[^>]*)><Errors>(.*)<\/Errors>/s, '<$1>$2');
  return { ...answer, body: Buffer.from(plain) };
}

function errorOf(xml: string) {
  const code = /<Code>([^<]*)<\/Code>/.exec(xml)?.[1] ?? 'InternalFailure';
  const message = /<[Mm]essage>([^<]*)<\/[Mm]essage>/.exec(xml)?.[1] ?? '';
  return { __type: code, message };
}

const timeKey = /^(startTime|endTime|created|lastModified(Date)?)$/;
const isoTime = /^\d{4}-\d\d-\d\dT[\d:.]+Z?$/;

function epochSeconds(key: string, value: unknown): unknown {
  const isTime = timeKey.test(key) && typeof value === 'string' && isoTime.test(value);
  return isTime ? Date.parse(value.endsWith('Z') ? value : `${value}Z`) / 1000 : value;
}
