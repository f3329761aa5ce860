import { setInterval as every } from 'node:timers/promises';
import { type Cluster, DETECTION_MS, type Member } from './cluster.ts';
import type { Misbehaviour } from './misbehaviour.ts';

export interface Struck {
  /** When the gateway could have noticed first, milliseconds since the Unix epoch. */
  readonly at: number;
  /** Makes the member well again. */
  readonly heal: () => Promise<void>;
}

/** One way to fail. */
export interface Fault {
  readonly name: string;
  /** Within which the gateway is to take the endpoint out; undefined where it need not. */
  readonly detectionMs: number | undefined;
  /** True where it takes no endpoint out, but leaves it nearly no calls. */
  readonly leavesAside?: boolean;
  /** What it adds to the way there and back: nothing that is asked of the member can be heard of sooner. */
  readonly roundTripMs?: number;
  /** What it needs of discovery to be noticed, or what it keeps from it: the two say nothing together. */
  readonly names?: 'needed' | 'missing';
  /** True where the member serves as well as ever. */
  readonly harmless?: boolean;
  strike(cluster: Cluster, member: Member): Promise<Struck>;
}

export const kill: Fault = {
  name: 'kill -9',
  detectionMs: DETECTION_MS,
  async strike(cluster, member) {
    member.proxy.refuse();
    const at = Date.now();
    await member.backend.child.kill();
    const heal = async () => {
      await cluster.restart(member);
      await member.proxy.accept();
    };
    return { at, heal };
  },
};

export const stop: Fault = {
  name: 'SIGSTOP: hangs with its connections open',
  detectionMs: DETECTION_MS,
  async strike(_, { backend }) {
    backend.child.signal('SIGSTOP');
    return { at: Date.now(), heal: async () => backend.child.signal('SIGCONT') };
  },
};

const blackHole: Fault = {
  name: 'packets vanish',
  detectionMs: DETECTION_MS,
  async strike(_, { proxy }) {
    proxy.delay(Number.POSITIVE_INFINITY);
    return { at: Date.now(), heal: async () => proxy.delay(0) };
  },
};

const slowNetwork: Fault = {
  name: 'the network is slow by 2 s',
  detectionMs: DETECTION_MS,
  roundTripMs: 4_000,
  async strike(_, { proxy }) {
    proxy.delay(2_000);
    return { at: Date.now(), heal: async () => proxy.delay(0) };
  },
};

const resets: Fault = {
  name: 'connections are reset, four times a second',
  detectionMs: undefined,
  strike: async (_, { proxy }) => repeat(250, async () => proxy.reset()),
};

const cuts: Fault = {
  name: 'connections are cut in the middle of an answer, four times a second',
  detectionMs: undefined,
  strike: async (_, { proxy }) => repeat(250, async () => proxy.cut()),
};

const goaway: Fault = {
  name: 'GOAWAY, twice a second',
  detectionMs: undefined,
  strike: async (_, { backend }) => repeat(500, () => backend.goaway()),
};

export const restartElsewhere: Fault = {
  name: 'dies and comes back on a new port',
  detectionMs: DETECTION_MS,
  async strike(cluster, member) {
    const old = member.backend;
    member.proxy.close();
    const at = Date.now();
    await Promise.all([old.child.kill(), cluster.restart(member)]);
    await cluster.relocate(member);
    cluster.announce();
    return { at, heal: async () => {} };
  },
};

export const move: Fault = {
  name: 'moves: the new one is announced, then the old one leaves',
  detectionMs: DETECTION_MS,
  names: 'needed',
  async strike(cluster, member) {
    const { backend, proxy } = member;
    await cluster.restart(member);
    proxy.targetPort = backend.port;
    await cluster.relocate(member);
    cluster.announce();
    const heal = async () => {
      proxy.close();
      await backend.child.stop();
    };
    return { at: Date.now(), heal };
  },
};

export const failing = misbehaving('every call fails, health says SERVING', { failingShare: 1 });

export const libelled: Fault = {
  ...misbehaving('health says NOT_SERVING, all is well', { health: 'NOT_SERVING' }),
  harmless: true,
};

export const SINGLE_FAULTS: readonly Fault[] = [
  kill,
  stop,
  blackHole,
  restartElsewhere,
  move,
  slowNetwork,
  // Balancing leaves a slow endpoint aside before its breaker has seen enough time-outs to open.
  {
    ...misbehaving('answers take 2 s, health says SERVING', { slowMs: 2_000 }),
    leavesAside: true,
  },
  // A share that is far from the half that opens a breaker: to be borne, not ended.
  { ...misbehaving('30 % errors', { failingShare: 0.3 }), detectionMs: undefined },
  failing,
  libelled,
  resets,
  cuts,
  goaway,
];

function misbehaving(name: string, misbehaviour: Partial<Misbehaviour>): Fault {
  return {
    name,
    detectionMs: DETECTION_MS,
    async strike(_, { backend }) {
      await backend.misbehave(misbehaviour);
      const heal = () => backend.misbehave({ slowMs: 0, failingShare: 0, health: 'SERVING' });
      return { at: Date.now(), heal };
    },
  };
}

/** Acts at once and then every `ms`, until healed. */
function repeat(ms: number, act: () => Promise<void>): Struck {
  const stopped = new AbortController();
  const done = (async () => {
    await act();
    for await (const _ of every(ms, undefined, { signal: stopped.signal })) await act();
  })().catch((error: unknown) => {
    if (!stopped.signal.aborted) throw error;
  });
  const heal = async () => {
    stopped.abort();
    await done;
  };
  return { at: Date.now(), heal };
}
