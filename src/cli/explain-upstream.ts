import type { UpstreamConfig } from '../config/schema.ts';
import { durationText } from './duration-text.ts';

/** What holds for every call of an upstream, after all defaults: a name and a sentence for each policy. */
export function explainUpstream(config: UpstreamConfig): readonly (readonly [string, string])[] {
  return [
    ['endpoints', describeEndpoints(config)],
    ['connections', describeConnections(config)],
    ['balancing', describeBalancing(config.balancing)],
    ['breaker', describeBreaker(config.breaker)],
    ['outliers', describeOutliers(config.outlierDetection)],
    ['health', describeHealth(config)],
    ...describeServiceBreaker(config.serviceBreaker),
    ['retries', describeRetryBudget(config.retryBudget)],
    ['in flight', describeConcurrency(config)],
  ];
}

function describeEndpoints({ endpoints, discovery, drain }: UpstreamConfig): string {
  if (discovery === undefined) {
    return (endpoints ?? []).map(({ address }) => address).join(', ');
  }
  const leaving = `; who leaves has ${durationText(drain)} to finish`;
  if ('file' in discovery) return `those in ${discovery.file}, as it changes${leaving}`;
  const { name, port, minRefresh, maxRefresh } = discovery.dns;
  const records = port === undefined ? `SRV of ${name}` : `A and AAAA of ${name}, port ${port}`;
  return `${records}, again after ${durationText(minRefresh)} to ${durationText(maxRefresh)}${leaving}`;
}

function describeConnections(config: UpstreamConfig): string {
  const { transport, tls, keepAlive, connectAhead, connectTimeout } = config;
  const secured =
    tls === undefined ? 'plaintext' : tls.certificate === undefined ? 'TLS' : 'mutual TLS';
  const when = connectAhead ? 'opened ahead of calls' : 'opened with the first call';
  const patience =
    transport === 'http2'
      ? `, with ${durationText(connectTimeout)} to connect, lost after ${durationText(keepAlive.interval)} of silence and ${durationText(keepAlive.timeout)} without an answer to PING`
      : '';
  return `${secured} by ${transport}, ${when}${patience}`;
}

const POLICIES = {
  leastRequest: 'the less busy of two at random',
  roundRobin: 'in turn',
  weightedRoundRobin: 'in turn by weight',
  consistentHash: 'by the hash of the call',
} as const;

function describeBalancing(balancing: UpstreamConfig['balancing']): string {
  const { policy, zone, zoneLeastShare, split, slowStart, panicThreshold } = balancing;
  const versions = split.map(({ version, percent }) => `${percent} % to ${version}`).join(', ');
  return [
    POLICIES[policy],
    zone === undefined ? '' : `in zone ${zone} while ${toPercent(zoneLeastShare)} of it serve`,
    versions,
    slowStart === 0 ? '' : `new ones gradually over ${durationText(slowStart)}`,
    panicThreshold === 0
      ? ''
      : `all are asked when under ${toPercent(panicThreshold)} look healthy`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function describeBreaker(breaker: UpstreamConfig['breaker']): string {
  const { consecutiveFailures, failureRate, minCalls, window, baseOpen, maxOpen } = breaker;
  return [
    `opens after ${consecutiveFailures} failures in a row or ${toPercent(failureRate)} of at least ${minCalls} calls in ${durationText(window)}`,
    `for ${durationText(baseOpen)}, doubling to ${durationText(maxOpen)}`,
    `${breaker.probes} probes, then a ramp of ${durationText(breaker.ramp)}`,
  ].join('; ');
}

function describeOutliers(detection: UpstreamConfig['outlierDetection']): string {
  const { interval, minEndpoints, minRequests, maxEjected, baseEjection, maxEjection } = detection;
  return [
    `each ${durationText(interval)} those that fail more than their peers, from ${minEndpoints} endpoints with ${minRequests} calls on`,
    `out for ${durationText(baseEjection)} to ${durationText(maxEjection)}, at most ${toPercent(maxEjected)} of them`,
  ].join('; ');
}

type HttpProbe = NonNullable<NonNullable<UpstreamConfig['healthCheck']>['http']>;

function describeHealth({ healthCheck: check, tls }: UpstreamConfig): string {
  if (check === undefined) return 'judged by calls alone';
  const { http, service, interval, timeout, unhealthyThreshold, healthyThreshold } = check;
  const asked =
    http === undefined
      ? `grpc.health.v1${service === '' ? '' : ` of ${service}`}, by Watch and`
      : describeHttpProbe(http, tls !== undefined);
  return `${asked} each ${durationText(interval)} with ${durationText(timeout)} to answer; out after ${unhealthyThreshold} bad, back after ${healthyThreshold} good`;
}

function describeHttpProbe(
  { path, port, version, tls = port === undefined }: HttpProbe,
  canSecure: boolean,
): string {
  const protocol = version === 2 ? ' by HTTP/2' : '';
  const secured = tls && canSecure ? ' with TLS' : '';
  return `GET ${path}${protocol}${secured}${port === undefined ? '' : ` on port ${port}`},`;
}

function describeRetryBudget({ ratio, minPerSecond }: UpstreamConfig['retryBudget']): string {
  return `at most ${toPercent(ratio)} of the calls, and ${minPerSecond} a second beside`;
}

function describeServiceBreaker(
  breaker: UpstreamConfig['serviceBreaker'],
): readonly (readonly [string, string])[] {
  if (breaker === undefined) return [];
  const { failureRate, minCalls, baseOpen, maxOpen } = breaker;
  const held = `${durationText(baseOpen)} to ${durationText(maxOpen)}`;
  return [
    [
      'services',
      `each held back alone for ${held} once ${toPercent(failureRate)} of ${minCalls} calls failed`,
    ],
  ];
}

function describeConcurrency({ adaptiveConcurrency: limit, queue }: UpstreamConfig): string {
  const bounds = [
    limit &&
      `from ${limit.initial}, between ${limit.min} and ${limit.max} by what is answered in good time`,
    queue?.maxInFlight && `at most ${queue.maxInFlight} at each endpoint`,
    queue && `${queue.maxPending} more wait up to ${durationText(queue.maxWait)}`,
  ].filter((bound) => typeof bound === 'string');
  return bounds.length === 0 ? 'no limit but the gateway’s own' : bounds.join('; ');
}

function toPercent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
