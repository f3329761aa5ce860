import { z } from 'zod';
import { adminSection } from './admin-section.ts';
import { authSection } from './auth-section.ts';
import { cacheSection } from './cache-section.ts';
import { logSection } from './log-section.ts';
import { overloadSection } from './overload-section.ts';
import { rateLimitSection } from './rate-limit-section.ts';
import { redisSection } from './redis-section.ts';
import { telemetrySection } from './telemetry-section.ts';
import { byteSize, count, duration, headerName, pause, period } from './units.ts';
import { upstreamSection } from './upstream-section.ts';

const addressRange = z.union(
  [z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()],
  'expected an address or a range such as "10.0.0.0/8"',
);

const LONGEST_PREFLIGHT_MS = 86_400_000;

/** Which pages of other origins may call. Without it only pages that Weir itself serves. */
const cors = z
  .strictObject({
    origins: z
      .array(
        z
          .string()
          .regex(
            /^https?:\/\/(\*\.)?[a-z0-9.-]+(:(\d{1,5}|\*))?$/,
            'expected an origin such as "https://app.example", "https://*.example" or "http://localhost:*"',
          ),
      )
      .default([]),
    /** Lets those pages send cookies. */
    credentials: z.boolean().default(true),
    /** How long browsers remember a preflight. */
    maxAge: duration()
      .refine(
        (ms) => ms <= LONGEST_PREFLIGHT_MS,
        'expected at most "24h"; Firefox remembers no longer, and Chromium for "2h"',
      )
      .prefault('2h'),
  })
  .prefault({});

/** Subscriptions over Server-Sent Events. */
const sse = z
  .strictObject({
    /** Silence before a ping; clients reconnect after three. Proxies cut silence at 30 to 60 s. */
    ping: period().prefault('15s'),
    /** Then a stream ends and its client resumes with a new one. Without it never. */
    maxDuration: period().optional(),
  })
  .prefault({});

const webSocket = z
  .strictObject({
    /** Silence before a client is asked for a sign of life, and how long that may take. */
    ping: period().prefault('30s'),
    pongWait: period().prefault('10s'),
    /** How long announced connectionParams may take. */
    firstFrame: period().prefault('10s'),
    /** Messages in one frame. Stock wsLink puts all calls of a tick in one and cannot split them. */
    maxBatch: count().default(500),
  })
  .prefault({});

const server = z
  .strictObject({
    /** Loopback, because a gateway that nobody secured yet should not be reachable. */
    host: z.string().default('127.0.0.1'),
    /** 0 takes any free port. */
    port: z.int().min(0, 'expected 0 to 65535').max(65_535, 'expected 0 to 65535').default(4000),
    /**
     * Processes that `weir serve` answers with, one for each core that it should use. More than one share
     * the port, and a process beside them starts, watches and counts them.
     */
    workers: count().default(1),
    /**
     * A worker that has not said a word for so long hangs: it is killed, and another one started. Long, for a
     * heap snapshot of some GB is silence too. 0s for never, as while a debugger holds one.
     */
    workerSilence: pause()
      .refine((ms) => ms === 0 || ms >= 1_000, 'expected at least "1s", or "0s" for never')
      .prefault('30s'),
    /** Where the tRPC procedures are, over HTTP, SSE and WebSocket. */
    trpcPath: z
      .string()
      .regex(/^\/[\w/-]*\w$/, 'expected a path such as "/trpc"')
      .default('/trpc'),
    /** TLS ends at Weir where it has a certificate. PEM files. */
    tls: z
      .strictObject({
        certificate: z.string(),
        key: z.string(),
        /** Authorities of client certificates; asks every client for one. */
        clientCa: z.string().optional(),
      })
      .optional(),
    /** Proxies whose `x-forwarded-for` and `x-request-id` are believed: addresses and CIDR ranges. */
    trustedProxies: z.array(addressRange).default([]),
    /** Answers from this size on are compressed, with what the caller accepts of zstd, br and gzip. */
    compressFrom: byteSize().prefault('8KiB'),
    /** How long running calls may take to finish after SIGTERM; the process ends within about a second more, or five where a disk hangs. */
    shutdownGrace: pause().prefault('10s'),
    /** Streams and sockets are sent elsewhere within this time, each at a moment of its own; at most half of the grace. */
    drainJitter: pause().prefault('2s'),
    sse,
    webSocket,
  })
  .prefault({});

const contractSource = z.union(
  [z.strictObject({ folder: z.string() }), z.strictObject({ descriptorSet: z.string() })],
  'expected {folder: path of .proto files} or {descriptorSet: path of a compiled set}',
);

const metadata = z
  .strictObject({
    /** Request headers that travel to backends as gRPC metadata. */
    request: z.array(headerName).default(['accept-language', 'x-tenant']),
    /** Response metadata that travels back to callers as headers. */
    response: z.array(headerName).default([]),
  })
  .prefault({});

const deadline = z
  .strictObject({
    /** For methods whose contract names no timeout. */
    default: period().prefault('10s'),
    /** No call may ask for more. */
    max: period().prefault('60s'),
    /** The same for streams, which live long by nature. */
    maxStream: period().prefault('24h'),
  })
  .prefault({});

const limits = z
  .strictObject({
    /** 1 MiB: an order is 200 bytes, a batch of a hundred well below it. */
    maxBody: byteSize().prefault('1MiB'),
    /**
     * What bodies and messages that are not whole yet take in one process, all callers together. 256 MiB fits
     * beside the gateway into a container of 512.
     */
    maxUnfinished: byteSize().prefault('256MiB'),
    maxUrl: byteSize().prefault('16KiB'),
    maxBatch: count().default(100),
    /**
     * Levels of messages within messages of an input, as protobuf counts them; a `google.protobuf.Struct`
     * takes two for each level of its JSON. 100 is where protobuf's own libraries in the backends stop.
     */
    maxDepth: count().max(100, 'expected at most 100, because backends refuse more').default(100),
    /** Characters of one string of an input, of a map's key, or of bytes in base64. */
    maxString: byteSize().prefault('256KiB'),
    /** Calls under way in the whole gateway. */
    maxConcurrentCalls: count().default(10_000),
    maxSockets: count().default(20_000),
    maxSubscriptions: count().default(20_000),
    maxSubscriptionsPerSocket: count().default(500),
    maxCallsPerSocket: count().default(500),
    /** How long the head of a request may take to arrive; then its body; then its answer to be read. */
    headTimeout: period().prefault('10s'),
    bodyTimeout: period().prefault('30s'),
    readTimeout: period().prefault('30s'),
    /** Bytes queued for a slow reader before its streams are held back. */
    maxBufferedPerSocket: byteSize().prefault('64KiB'),
  })
  .refine(({ maxBody, maxUnfinished }) => maxUnfinished >= maxBody, {
    path: ['maxUnfinished'],
    error: 'expected at least `maxBody`, or the largest body could not come',
  })
  .prefault({});

const health = z
  .strictObject({
    /** How long one `grpc.health.v1` question may take. */
    timeout: period().prefault('1s'),
    /** Whether everybody may see where backends are and what ails them; operators can at `/admin/services`. */
    details: z.boolean().default(false),
  })
  .prefault({});

/** Files served over HTTP beside the API, such as a single-page application. */
const assets = z.strictObject({
  path: z.string().startsWith('/', 'expected a path such as "/" or "/docs"'),
  folder: z.string(),
});

/** What the gateway answers itself, beside the procedures and the metrics. */
const OWN_PATHS = ['/health', '/admin', '/api/v1/auth', '/.well-known'];

/** Whether requests for the second path would go to who has the first. */
function takes(outer: string, inner: string): boolean {
  return `${inner}/`.startsWith(`${outer}/`);
}

export const configSchema = z
  .strictObject({
    server,
    contracts: z
      .array(contractSource, 'expected a list such as [{folder: proto}]')
      .min(1, 'expected at least one source of contracts'),
    upstreams: z.record(
      z.string(),
      upstreamSection,
      'expected a mapping such as {market: {endpoints: ["127.0.0.1:50051"]}}',
    ),
    metadata,
    deadline,
    limits,
    redis: redisSection,
    rateLimits: rateLimitSection,
    overload: overloadSection,
    cache: cacheSection,
    log: logSection,
    telemetry: telemetrySection,
    health,
    auth: authSection,
    admin: adminSection,
    cors,
    assets: z.array(assets).default([]),
  })
  .refine(({ server }) => !OWN_PATHS.some((own) => takes(server.trpcPath, own)), {
    path: ['server', 'trpcPath'],
    error: `expected a path that nothing of ${OWN_PATHS.join(', ')} lies below, such as "/trpc"`,
  })
  .refine(
    ({ server, telemetry: { metrics } }) =>
      metrics.listen !== undefined ||
      ![server.trpcPath, ...OWN_PATHS].some((own) => takes(own, metrics.path)),
    {
      path: ['telemetry', 'metrics', 'path'],
      error: 'expected a path where nothing else is, such as "/metrics"',
    },
  )
  .refine(
    ({ server, auth }) => auth.certificates.length === 0 || server.tls?.clientCa !== undefined,
    {
      path: ['auth', 'certificates'],
      error: 'expected `server.tls.clientCa`, without which no caller is asked for a certificate',
    },
  );

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The whole configuration with every default in place. Paths are absolute, durations in milliseconds, sizes in bytes. */
export type Config = DeepReadonly<z.output<typeof configSchema>>;
export type RedisConfig = NonNullable<Config['redis']>;
export type RateLimitConfig = Config['rateLimits'];
export type CacheConfig = Config['cache'];
export type UpstreamConfig = Config['upstreams'][string];
export type TelemetryConfig = Config['telemetry'];
export type AuthConfig = Config['auth'];
export type AdminConfig = Config['admin'];
export type ContractSource = Config['contracts'][number];
