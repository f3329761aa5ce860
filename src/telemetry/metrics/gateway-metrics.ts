import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What is read when the page is asked for, and costs nothing before. */
export interface GatewayReadings {
  readonly version: string;
  /** Names the published contract, and how many methods it has. */
  readonly contract: { readonly digest: string; readonly methods: number };
  readonly sockets: () => {
    readonly sockets: number;
    readonly subscriptions: number;
    readonly bufferedBytes: number;
  };
  readonly sseStreams: () => number;
  readonly sseBufferedBytes: () => number;
  readonly decisions: () => {
    readonly admitted: number;
    readonly refused: Readonly<Record<string, number>>;
  };
  readonly cache: () => {
    readonly counts: Readonly<Record<'hit' | 'miss' | 'stale' | 'coalesced', number>>;
    readonly bytes: number;
    readonly answers: number;
  };
  readonly limiter: () => { readonly mode: string; readonly reason: string | undefined };
  readonly draining: () => boolean;
  readonly unfinishedBytes: () => number;
  /** Log lines that nobody read fast enough. */
  readonly droppedLines: () => number;
}

/** What is told when it happens. */
export interface GatewayCounters {
  batch(calls: number): void;
  /** @param reason of a closed set. */
  refusal(reason: string): void;
  /** @param reason of a closed set. */
  refusedRequest(reason: string): void;
  /** @param proof of a closed set. */
  authenticated(proof: string): void;
  /** @param transport of a closed set. */
  dropped(transport: string): void;
}

/** The metrics of the gateway as a whole. */
export function createGatewayMetrics(
  registry: Registry,
  readings: GatewayReadings,
): GatewayCounters {
  const registers = [registry];
  const gauge = (name: string, help: string, read: () => number) =>
    new Gauge({
      name,
      help,
      registers,
      collect() {
        this.set(read());
      },
    });
  const batches = new Histogram({
    name: 'weir_batch_calls',
    help: 'Calls of one batched HTTP request.',
    buckets: [1, 2, 5, 10, 20, 50, 100],
    registers,
  });
  const refusals = new Counter({
    name: 'weir_auth_refusals_total',
    help: 'Calls refused and streams ended because of who called, by reason.',
    labelNames: ['reason'],
    registers,
  });
  const refusedRequests = new Counter({
    name: 'weir_requests_refused_total',
    help: 'Requests and messages refused before they became a call, by reason: unknown paths, broken JSON or HTTP, too much.',
    labelNames: ['reason'],
    registers,
  });
  const drops = new Counter({
    name: 'weir_connections_dropped_total',
    help: 'Connections closed because their clients took nothing of what was ready for them, or answered no ping.',
    labelNames: ['transport'],
    registers,
  });
  for (const transport of ['http', 'websocket']) drops.inc({ transport }, 0);
  const authentications = new Map<string, number>();
  new Counter({
    name: 'weir_authentications_total',
    help: 'Callers whose credentials were accepted, by kind; none for those who showed none.',
    labelNames: ['proof'],
    registers,
    collect() {
      this.reset();
      for (const [proof, count] of authentications) this.inc({ proof }, count);
    },
  });
  counter(
    registry,
    'weir_limiter_admitted_total',
    'Calls and streams that the rate limits let pass.',
    () => readings.decisions().admitted,
  );
  new Counter({
    name: 'weir_limiter_refused_total',
    help: 'Calls and streams that a limit refused, by whose limit it was.',
    labelNames: ['limit'],
    registers,
    collect() {
      this.reset();
      for (const [limit, count] of Object.entries(readings.decisions().refused))
        this.inc({ limit }, count);
    },
  });
  gauge(
    'weir_sse_buffered_bytes',
    'Bytes that wait for readers of Server-Sent Events.',
    readings.sseBufferedBytes,
  );
  gauge('weir_sockets', 'WebSockets that are open.', () => readings.sockets().sockets);
  gauge(
    'weir_socket_buffered_bytes',
    'Bytes that wait for WebSocket clients to read.',
    () => readings.sockets().bufferedBytes,
  );
  gauge(
    'weir_unfinished_bytes',
    'Bytes of request bodies and WebSocket messages that are not whole yet.',
    readings.unfinishedBytes,
  );
  gauge('weir_sse_streams', 'Subscriptions over Server-Sent Events.', readings.sseStreams);
  gauge('weir_cache_bytes', 'Size of the answers held in memory.', () => readings.cache().bytes);
  gauge('weir_cache_answers', 'Answers held in memory.', () => readings.cache().answers);
  gauge('weir_draining', '1 once the gateway was told to stop.', () => Number(readings.draining()));
  gauge(
    'weir_limiter_degraded',
    '1 while rate limits are not enforced as configured, because Redis is gone.',
    () => Number(readings.limiter().reason !== undefined),
  );
  counter(
    registry,
    'weir_log_lines_dropped_total',
    'Log lines that nobody read fast enough.',
    readings.droppedLines,
  );
  new Counter({
    name: 'weir_cache_lookups_total',
    help: 'Calls of cached methods by where their answer came from.',
    labelNames: ['result'],
    registers,
    collect() {
      this.reset();
      for (const [result, count] of Object.entries(readings.cache().counts))
        this.inc({ result }, count);
    },
  });
  new Gauge({
    name: 'weir_build_info',
    help: '1; the release and the Node that runs it.',
    labelNames: ['version', 'node'],
    registers,
  }).set({ version: readings.version, node: process.version }, 1);
  new Gauge({
    name: 'weir_contract_methods',
    help: 'Methods of the published contract, which the label names.',
    labelNames: ['digest'],
    registers,
  }).set({ digest: readings.contract.digest }, readings.contract.methods);
  return {
    batch: (calls) => batches.observe(calls),
    refusal: (reason) => refusals.inc({ reason }),
    refusedRequest: (reason) => refusedRequests.inc({ reason }),
    dropped: (transport) => drops.inc({ transport }),
    authenticated: (proof) => authentications.set(proof, (authentications.get(proof) ?? 0) + 1),
  };
}

function counter(registry: Registry, name: string, help: string, read: () => number): void {
  new Counter({
    name,
    help,
    registers: [registry],
    collect() {
      this.reset();
      this.inc(read());
    },
  });
}
