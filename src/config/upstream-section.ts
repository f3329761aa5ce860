import { isIP } from 'node:net';
import { z } from 'zod';
import { byteSize, count, headerName, inOrder, pause, period } from './units.ts';
import { ownMetadata, tls } from './upstream-security-section.ts';

const endpointAddress = z
  .string()
  .regex(
    /^(?:unix:\/.+|[A-Za-z0-9._-]+:\d{1,5}|\[[0-9a-fA-F:]+\]:\d{1,5})$/,
    'expected "host:port", "[ipv6]:port" or "unix:/path"',
  )
  .refine(
    (address) => address.startsWith('unix:') || isPort(address.slice(address.lastIndexOf(':') + 1)),
    'expected a port from 1 to 65535',
  );

function isPort(text: string): boolean {
  return Number(text) >= 1 && Number(text) <= 65_535;
}

const breaker = z
  .strictObject({
    /** Failures in a row that open it; works at any rate of calls. */
    consecutiveFailures: count().default(5),
    /** Share of failures within `window` that opens it, once there were `minCalls`. */
    failureRate: z
      .number()
      .min(0.01, 'expected 0.01 to 1')
      .max(1, 'expected 0.01 to 1')
      .default(0.5),
    window: period().prefault('10s'),
    minCalls: count().default(20),
    /** The first opening; each further one lasts twice as long, up to `maxOpen`. */
    baseOpen: pause().prefault('1s'),
    maxOpen: pause().prefault('10s'),
    /** Probes that must succeed before calls come back. */
    probes: count().default(3),
    /** From the first calls after probing to all of them. */
    ramp: pause().prefault('10s'),
  })
  .refine(...inOrder('baseOpen', 'maxOpen'))
  .prefault({});

/**
 * For an upstream that serves several gRPC services: one that fails everywhere is held back while the others
 * go on. High, because below it some calls are still answered, and holding all of them back would be worse.
 */
const serviceBreaker = z
  .strictObject({
    /** Share of a service's calls, after all their attempts, that failed within `window`, once there were `minCalls`. */
    failureRate: z
      .number()
      .min(0.01, 'expected 0.01 to 1')
      .max(1, 'expected 0.01 to 1')
      .default(0.9),
    window: period().prefault('10s'),
    minCalls: count().default(20),
    /** The first opening; each further one lasts twice as long, up to `maxOpen`. */
    baseOpen: pause().prefault('1s'),
    maxOpen: pause().prefault('5s'),
    /** Probes that must succeed before calls come back. */
    probes: count().default(3),
  })
  .refine(...inOrder('baseOpen', 'maxOpen'));

/** An address alone, or with what balancing may know of it. */
export const endpoint = z.union(
  [
    endpointAddress.transform((address) => ({ address, weight: 1, zone: '', version: '' })),
    z.strictObject({
      address: endpointAddress,
      /** Share of calls against the others'. */
      weight: z.number().positive().default(1),
      zone: z.string().default(''),
      version: z.string().default(''),
    }),
  ],
  'expected "host:port", "[ipv6]:port", "unix:/path", or {address, weight, zone, version}',
);

/** `node:dns` takes addresses only: who would resolve a name? */
const nameServer = z.string().refine((text) => {
  const [, address = text, port] =
    /^(?:\[(.+)\]|([^:]+))(?::(\d+))?$/.exec(text)?.filter(Boolean) ?? [];
  return isIP(address) !== 0 && (port === undefined || isPort(port));
}, 'expected the address of a name server, such as "10.0.0.2" or "10.0.0.2:5353"');

const discovery = z.union(
  [
    z.strictObject({
      dns: z
        .strictObject({
          /** A host name in full, or the name of SRV records; no search list and no hosts file is looked at. */
          name: z.string().min(1, 'expected a host name'),
          /** Absent: SRV records, which bring their own. */
          port: z.int().min(1).max(65_535).optional(),
          /** Name servers; default: the system's. */
          servers: z.array(nameServer).min(1, 'expected at least one name server').optional(),
          /** How long a name server may take; it is asked twice. */
          timeout: period().prefault('2s'),
          zone: z.string().default(''),
          version: z.string().default(''),
          /** Bounds for the records' own time to live; a name that does not resolve is asked for sooner. */
          minRefresh: period().prefault('1s'),
          maxRefresh: period().prefault('30s'),
        })
        .refine(...inOrder('minRefresh', 'maxRefresh')),
    }),
    z.strictObject({
      /** YAML or JSON with a list of endpoints; read again when it changes. */
      file: z.string(),
      poll: period().prefault('1s'),
    }),
  ],
  'expected {dns: {name, port}} or {file: path}',
);

/** Where the key of a call is found: a request header, the request's own field, or the caller's identity. */
const callKey = z.union(
  [
    z.strictObject({ header: headerName }),
    z.strictObject({ field: z.string() }),
    z.strictObject({ identity: z.literal(true) }),
  ],
  'expected {header: name}, {field: name} or {identity: true}',
);

const balancing = z
  .strictObject({
    /** `leastRequest` takes the less busy of two drawn at random. */
    policy: z
      .enum(['leastRequest', 'roundRobin', 'weightedRoundRobin', 'consistentHash'])
      .default('leastRequest'),
    /** For `consistentHash`. */
    hash: callKey.optional(),
    /** Prefer endpoints of this zone while at least `zoneLeastShare` of them serve. */
    zone: z.string().optional(),
    zoneLeastShare: z.number().min(0).max(1).default(0.7),
    /** Per cent of calls to endpoints of a version; the rest goes to the others. */
    split: z
      .array(z.strictObject({ version: z.string(), percent: z.number().min(0).max(100) }))
      .default([]),
    /** Callers with equal values stay with one version. */
    sticky: callKey.optional(),
    /** New endpoints get their share of calls gradually over this time. */
    slowStart: pause().prefault('0s'),
    /** When fewer than this share look healthy, everyone is asked; 0 never. */
    panicThreshold: z.number().min(0).max(1).default(0.5),
  })
  .refine(({ policy, hash }) => policy !== 'consistentHash' || hash !== undefined, {
    path: ['hash'],
    error: 'expected with consistentHash, such as {header: x-tenant} or {identity: true}',
  })
  .refine(({ split }) => split.reduce((sum, { percent }) => sum + percent, 0) <= 100, {
    path: ['split'],
    error: 'expected at most 100 per cent together',
  })
  .prefault({});

/** Envoy's defaults; see docs of its outlier detection. */
const outlierDetection = z
  .strictObject({
    interval: period().prefault('10s'),
    baseEjection: pause().prefault('30s'),
    maxEjection: pause().prefault('300s'),
    maxEjected: z.number().min(0).max(1).default(0.1),
    minRequests: count().default(100),
    minEndpoints: count().default(5),
  })
  .refine(...inOrder('baseEjection', 'maxEjection'))
  .prefault({});

/** Of the upstream's calls together, over ten seconds; linkerd's defaults. */
const retryBudget = z
  .strictObject({
    /** Retries for each call. */
    ratio: z.number().min(0, 'expected 0 to 1').max(1, 'expected 0 to 1').default(0.2),
    /** Retries a second beside those, for upstreams with few calls. */
    minPerSecond: z.number().min(0, 'expected 0 or more').default(10),
  })
  .prefault({});

/** A limit on unary calls in flight that finds itself between `min` and `max`, by Netflix's AIMD. */
const adaptiveConcurrency = z
  .strictObject({
    initial: count().default(100),
    min: count().default(10),
    max: count().default(2_000),
    /** An answer that takes longer than this times the best seen counts as a sign of queueing. */
    tolerance: z.number().min(1, 'expected at least 1').default(10),
    /** How long the best answer is remembered, so that a slower backend is not held to its past. */
    bestFor: pause().prefault('60s'),
  })
  .refine(({ initial, min, max }) => min <= initial && initial <= max, {
    error: 'expected `min` <= `initial` <= `max`',
  });

/** Unary calls wait here, not in the backend, and orders go before charts. */
const queue = z.strictObject({
  /** Unary calls that one endpoint may have under way. Absent: only `adaptiveConcurrency` holds calls back. */
  maxInFlight: count().optional(),
  /** Calls that wait for room at any of the endpoints; one more refuses the last of the lowest priority. */
  maxPending: count().default(100),
  /** The longest that a call waits; its deadline may be sooner. */
  maxWait: period().prefault('1s'),
});

const healthCheck = z.strictObject({
  /** What `grpc.health.v1` is asked for; default: the server as a whole. */
  service: z.string().default(''),
  /** Instead of `grpc.health.v1`: any 2xx to a GET is healthy. */
  http: z
    .strictObject({
      path: z.string().regex(/^\/[\x21-\x7e]*$/, 'expected a path such as "/healthz"'),
      /** Default: the endpoint's own. */
      port: z.int().min(1).max(65_535).optional(),
      /** With the upstream's `tls`; default: where it has any and the port is the endpoint's own. */
      tls: z.boolean().optional(),
      /** 2 without TLS is HTTP/2 from the first byte. */
      version: z.literal([1, 2]).default(1),
    })
    .optional(),
  interval: period().prefault('5s'),
  timeout: period().prefault('1s'),
  /** Answers in a row that change what is thought of an endpoint; what a backend announces counts at once. */
  unhealthyThreshold: count().default(2),
  healthyThreshold: count().default(2),
});

const keepAlive = z
  .strictObject({
    /** Silence before a PING while calls run; gRPC servers answer more than their own limit with GOAWAY. */
    interval: period().prefault('300s'),
    /** How long a PING may stay unanswered before the connection counts as lost. */
    timeout: period().prefault('20s'),
    /** Also while no call runs; only for servers that permit it, most answer that with GOAWAY. */
    whenIdle: z.boolean().default(false),
  })
  .prefault({});

export const upstreamSection = z
  .strictObject({
    endpoints: z.array(endpoint).min(1, 'expected at least one endpoint').optional(),
    /** Instead of `endpoints`. */
    discovery: discovery.optional(),
    /** How long calls on an endpoint that discovery took away may take to finish. */
    drain: pause().prefault('30s'),
    /** `grpc-js` is the reference and fallback. */
    transport: z.enum(['http2', 'grpc-js']).default('http2'),
    tls: tls.optional(),
    /** The `:authority` of calls; default: the TLS server name, or host and port. */
    authority: z
      .string()
      .regex(/^[\x21-\x7e]+$/, 'expected a host, or a host and port')
      .optional(),
    /** What Weir tells the backends with each call in its own name, such as a credential. */
    metadata: ownMetadata,
    balancing,
    breaker,
    /** Absent: only endpoints have breakers, which is enough where they serve one service. */
    serviceBreaker: serviceBreaker.optional(),
    outlierDetection,
    retryBudget,
    /** Absent: calls in flight have no limit but the gateway's own. */
    adaptiveConcurrency: adaptiveConcurrency.optional(),
    /** Absent: calls above a limit are refused at once. */
    queue: queue.optional(),
    /** Absent: endpoints are judged by their calls alone. */
    healthCheck: healthCheck.optional(),
    /** Connects before the first call and whenever the last connection is gone. */
    connectAhead: z.boolean().default(true),
    /**
     * For `http2`: up to the peer's SETTINGS, TLS and all. Calls wait meanwhile, and a process that hangs takes
     * connections like any other. Default 5 s, as Envoy's.
     */
    connectTimeout: period().prefault('5s'),
    /** For `http2`. */
    keepAlive,
    /** Ceiling for the timeouts of unary methods; how long streams stay open is `deadline.maxStream`'s affair. */
    maxTimeout: period().optional(),
    /** 4 MiB, gRPC's own default. */
    maxReceiveMessage: byteSize().prefault('4MiB'),
    maxSendMessage: byteSize().prefault('4MiB'),
  })
  .refine(
    ({ queue, adaptiveConcurrency }) =>
      queue === undefined || queue.maxInFlight !== undefined || adaptiveConcurrency !== undefined,
    { path: ['queue'], error: 'expected `maxInFlight` here or `adaptiveConcurrency` beside it' },
  )
  .refine(({ healthCheck, tls }) => healthCheck?.http?.tls !== true || tls !== undefined, {
    path: ['healthCheck', 'http', 'tls'],
    error: 'expected `tls` of the upstream, which says whom to trust',
  })
  .refine(({ endpoints, discovery }) => (endpoints === undefined) !== (discovery === undefined), {
    error: 'expected either `endpoints` or `discovery`',
  });
