import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunId } from '../../../src/ci/callback/run-id.ts';
import { type CallbackRules, parseCallbackUrl } from '../../../src/ci/callback/url.ts';
import { PreviewopsError } from '../../../src/errors.ts';

function refusal(text: string, rules?: CallbackRules): string {
  try {
    parseCallbackUrl(text, rules);
  } catch (error) {
    if (error instanceof PreviewopsError && error.code === 'bad-usage') return error.message;
    throw error;
  }
  return 'accepted';
}

describe('a callback URL', () => {
  test.each([
    ['https://ci.example.com/hooks/7?token=a%20b', 'ci.example.com'],
    ['HTTPS://CI.Example.COM', 'ci.example.com'],
    ['https://ci.example.com:8443/', 'ci.example.com'],
    ['https://8.8.8.8/hook', '8.8.8.8'],
    ['https://[2606:4700::1111]/hook', '2606:4700::1111'],
    ['https://b\u00fccher.example/', 'xn--bcher-kva.example'],
    ['https://ci.example.com/a@b', 'ci.example.com'],
    ['https://callback.test/', 'callback.test'],
  ])('%s is taken', (text, host) => {
    expect(parseCallbackUrl(text)).toEqual({ href: new URL(text).href, host, allowPrivate: false });
  });

  test.each([
    ['http://ci.example.com/', 'must begin with https://'],
    ['ftp://ci.example.com/', 'must begin with https://'],
    ['//ci.example.com/', 'must begin with https://'],
    ['https:ci.example.com', 'must begin with https://'],
    ['', 'must begin with https://'],
    ['https://', 'is not a URL'],
    ['https://[::1', 'is not a URL'],
    ['https://a b.example/', 'must not have spaces, control characters or backslashes'],
    [' https://ci.example.com/', 'must not have spaces, control characters or backslashes'],
    ['https://ci.exa\nmple.com/', 'must not have spaces, control characters or backslashes'],
    ['https://ci.example.com\\@evil.example/', 'must not have spaces, control characters or backs'],
    ['https://ci.example.com/\u202e', 'must not have spaces, control characters or backslashes'],
    ['https://user:pw@ci.example.com/', 'must not have a user name or password'],
    ['https://@ci.example.com/', 'must not have a user name or password'],
    ['https://ci.example.com@127.0.0.1/', 'must not have a user name or password'],
    ['https://ci.example.com/#x', 'must not have a fragment'],
    ['https://ci.example.com./', 'must not have a dot at the end'],
    ['https://localhost./', 'must not have a dot at the end'],
    [`https://ci.example.com/${'a'.repeat(2048)}`, 'must have at most 2048 characters'],
    [`https://${'a.'.repeat(130)}example/`, 'has a host name that is too long'],
    ['https://169.254.169.254/latest/meta-data', 'instance metadata service'],
    ['https://[fd00:ec2::254]/', 'AWS'],
    ['https://[::ffff:127.0.0.1]/', 'in the clothes of IPv6'],
    ['https://[::]/', 'the unspecified address'],
    ['https://10.0.0.1/', 'a private address'],
    ['https://127.0.0.1:8443/', 'a loopback address'],
    ['https://2130706433/', 'must write the address as 127.0.0.1'],
    ['https://0x7f000001/', 'must write the address as 127.0.0.1'],
    ['https://0177.0.0.1:443/', 'must write the address as 127.0.0.1'],
    ['https://127.1/', 'must write the address as 127.0.0.1'],
    ['https://134744072/', 'must write the address as 8.8.8.8'],
    ['https://\uff11\uff12\uff17.0.0.1/', 'must write the address as 127.0.0.1'],
    ['https://%31%32%37.0.0.1/', 'must write the address as 127.0.0.1'],
    ['https://127.0.0.1./', 'must write the address as 127.0.0.1'],
    ['https://localhost/', 'name of this machine or network'],
    ['https://a.localhost/', 'name of this machine or network'],
    ['https://LOCALHOST/', 'name of this machine or network'],
    ['https://intranet/', 'name of this machine or network'],
    ['https://metadata.google.internal/', 'name of this machine or network'],
    ['https://printer.local/', 'name of this machine or network'],
    ['https://router.home.arpa/', 'name of this machine or network'],
  ])('%s is refused', (text, words) => {
    expect(refusal(text)).toContain(words);
  });

  test('allowPrivate lets private addresses and local names through, and nothing worse', () => {
    const rules = { allowPrivate: true };
    for (const host of ['127.0.0.1', '[::1]', '10.0.0.1', 'localhost', 'ci.internal', 'intranet']) {
      expect(parseCallbackUrl(`https://${host}/`, rules).allowPrivate).toBe(true);
    }
    for (const host of ['169.254.169.254', '[::ffff:10.0.0.1]', '0.0.0.0', '224.0.0.1']) {
      expect(refusal(`https://${host}/`, rules)).toContain('is refused');
    }
    expect(refusal('http://127.0.0.1/', rules)).toContain('https://');
  });

  test.each([
    [['ci.example.com'], 'ci.example.com', true],
    [['CI.example.com'], 'ci.example.com', true],
    [['ci.example.com'], 'ci.example.com.evil.example', false],
    [['ci.example.com'], 'evil-ci.example.com', false],
    [['*.example.com'], 'ci.example.com', true],
    [['*.example.com'], 'a.b.example.com', true],
    [['*.example.com'], 'example.com', false],
    [['*.example.com'], 'evilexample.com', false],
    [['other.example', '*.example.com'], 'ci.example.com', true],
    [[], 'ci.example.com', false],
    [['*.8.8.8'], '8.8.8.8', false],
    [['8.8.8.8'], '8.8.8.8', true],
  ])('allowHosts %j and %s: %s', (allowHosts, host, allowed) => {
    const said = refusal(`https://${host}/`, { allowHosts });
    expect(said).toBe(
      allowed ? 'accepted' : `--callback-url is refused: ${host} is not among callback.allowHosts`,
    );
  });

  test('an allowed host is not thereby allowed to be private', () => {
    expect(refusal('https://127.0.0.1/', { allowHosts: ['127.0.0.1'] })).toContain('loopback');
  });

  test('no message repeats a path, a query or a password', () => {
    const secret = 'hush-hush';
    for (const text of [
      `http://ci.example.com/${secret}`,
      `https://u:${secret}@ci.example.com/`,
      `https://10.0.0.1/${secret}?t=${secret}`,
      `https://ci.example.com/?${secret}#x`,
    ]) {
      expect(refusal(text)).not.toContain(secret);
    }
  });

  test('whatever is taken is https to a host that nothing reads differently', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.webUrl(),
          fc.string().map((s) => `https://${s}`),
        ),
        (text) => {
          try {
            const { href, host } = parseCallbackUrl(text);
            const { protocol, hostname, username, hash } = new URL(href);
            return (
              protocol === 'https:' && hostname.includes(host) && username === '' && hash === ''
            );
          } catch (error) {
            return error instanceof PreviewopsError && error.code === 'bad-usage';
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('a run id', () => {
  test.each(['1', '4f7e-11', 'run \u00e9\u4e16 #7', 'x'.repeat(200), '\u{1f680}'.repeat(200)])(
    '%j is kept as it is',
    (text) => expect(parseRunId(text)).toBe(text),
  );

  test.each([
    '',
    ' ',
    'a\nb',
    'a\u2028b',
    '\u001b[31m',
    'a\u202eb',
    'a\u0000',
    '\ud800',
    'x'.repeat(201),
  ])('%j is refused', (text) => {
    expect(() => parseRunId(text)).toThrow(
      '--run-id must be one line of at most 200 printable characters',
    );
  });
});
