import type {
  Action,
  RedirectActionConfig,
  RuleCondition,
} from '@aws-sdk/client-elastic-load-balancing-v2';
import { byBalancer, byRule, type HttpAnswer } from './answer-shape.ts';
import { forward, type OnTarget } from './answer-target.ts';
import { shapeOfActions } from './services/elasticloadbalancing-actions.ts';
import { defaultPriority } from './services/elasticloadbalancing-rules.ts';
import type { Listener, Rule, World } from './types.ts';

/** What a listener answers to a GET: the first rule that fits decides, the default rule last. */
export function serve(
  world: World,
  listener: Listener,
  { url, onTarget }: { url: URL; onTarget: OnTarget },
): HttpAnswer {
  const rules = Object.values(world.elasticloadbalancing.rules)
    .filter(({ listenerArn }) => listenerArn === listener.arn)
    .sort((a, b) => rank(a) - rank(b));
  const rule = rules.find((each) => fits(each, url));
  // A rule has one routing action, its last; what comes before it asks the user to log in first.
  const [action] = rule ? shapeOfActions(rule) : [];
  return action ? perform(world, listener, { action, url, onTarget }) : byBalancer(503);
}

const rank = ({ priority }: Rule) => (priority === defaultPriority ? Infinity : priority);

function fits({ hosts, otherConditions }: Rule, url: URL): boolean {
  const hostFits = hosts.length === 0 || hosts.some((host) => like(host, url.hostname, 'i'));
  return hostFits && (otherConditions as RuleCondition[]).every((each) => holds(each, url));
}

/** `*` stands for any characters and `?` for one: ALB guide, "Condition types for listener rules". */
function like(pattern: string, text: string, flags = ''): boolean {
  const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  const source = escaped.replaceAll('*', '.*').replaceAll('?', '.');
  return new RegExp(`^${source}$`, flags).test(text);
}

/** The client sends a GET without a header that a rule could ask for, from an address nobody knows. */
function holds(condition: RuleCondition, url: URL): boolean {
  const { Field, Values } = condition;
  if (Field === 'path-pattern') {
    const patterns = condition.PathPatternConfig?.Values ?? Values ?? [];
    return patterns.some((pattern) => like(pattern, url.pathname));
  }
  if (Field === 'http-request-method') {
    return condition.HttpRequestMethodConfig?.Values?.includes('GET') ?? false;
  }
  if (Field === 'query-string') {
    const wanted = condition.QueryStringConfig?.Values ?? [];
    return wanted.some(({ Key = '*', Value = '' }) =>
      [...url.searchParams].some(([key, value]) => like(Key, key, 'i') && like(Value, value, 'i')),
    );
  }
  if (Field === 'source-ip') {
    return condition.SourceIpConfig?.Values?.includes('0.0.0.0/0') ?? false;
  }
  return false;
}

function perform(
  world: World,
  listener: Listener,
  { action, url, onTarget }: { action: Action; url: URL; onTarget: OnTarget },
): HttpAnswer {
  const { Type, FixedResponseConfig: fixed, RedirectConfig: redirect } = action;
  if (Type === 'fixed-response') {
    const type = fixed?.ContentType;
    return byRule(Number(fixed?.StatusCode), {
      headers: type ? { 'content-type': type } : {},
      body: fixed?.MessageBody ?? '',
    });
  }
  if (Type === 'redirect') {
    return byRule(redirect?.StatusCode === 'HTTP_302' ? 302 : 301, {
      headers: { location: locationOf(redirect ?? { StatusCode: undefined }, { listener, url }) },
    });
  }
  if (Type === 'forward') return forward(world, listener, { action, onTarget });
  const { UserPoolDomain = '' } = action.AuthenticateCognitoConfig ?? {};
  const login = action.AuthenticateOidcConfig?.AuthorizationEndpoint;
  return byRule(302, { headers: { location: login ?? `https://${UserPoolDomain}/` } });
}

/** The parts that are not given stay as they are: API reference, RedirectActionConfig. */
function locationOf(
  config: RedirectActionConfig,
  { listener, url }: { listener: Listener; url: URL },
): string {
  const { Protocol, Host, Port, Path, Query } = config;
  const parts: Record<string, string> = {
    protocol: listener.protocol.toLowerCase(),
    host: url.hostname,
    port: String(listener.port),
    path: url.pathname.slice(1),
    query: url.search.slice(1),
  };
  const filled = (text: string) =>
    text.replace(/#\{(\w+)\}/g, (whole, name: string) => parts[name] ?? whole);
  const query = filled(Query ?? '#{query}');
  const origin = `${filled(Protocol ?? '#{protocol}').toLowerCase()}://${filled(Host ?? '#{host}')}`;
  const path = filled(Path ?? '/#{path}');
  return `${origin}:${filled(Port ?? '#{port}')}${path}${query === '' ? '' : `?${query}`}`;
}
