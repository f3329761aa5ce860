import type { Redis } from '../lib/redis/redis.ts';
import { toIntegers } from './integers.ts';
import type { Claim, Verdict } from './limit-store.ts';
import { TAKE } from './scripts.ts';
import type { SeenBuckets } from './seen-buckets.ts';
import { admit, refuse } from './take-from-table.ts';

export interface TakeBatchOptions {
  readonly redis: Pick<Redis, 'run' | 'runAtOnce'>;
  readonly seen: SeenBuckets;
  /** Before every key. */
  readonly prefix: string;
}

interface Waiting {
  readonly claims: readonly Claim[];
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: unknown) => void;
}

/** A script keeps all others waiting, some 3 µs for each call. */
const MAX_CALLS = 100;

/**
 * Calls that ask in one turn of the event loop, put to Redis as one script: a command costs several times
 * what deciding one call does, on both sides. Each call is still decided for itself, in order.
 */
export class TakeBatch {
  readonly #options: TakeBatchOptions;
  #waiting: Waiting[] = [];

  constructor(options: TakeBatchOptions) {
    this.#options = options;
  }

  /** @throws RedisUnavailable */
  take(claims: readonly Claim[]): Promise<Verdict> {
    return new Promise((resolve, reject) => {
      const calls = this.#waiting.push({ claims, resolve, reject });
      if (calls === 1) setImmediate(this.#send);
      else if (calls === MAX_CALLS) this.#send();
    });
  }

  /** For keys that stand in one slot of a cluster, where other calls' do not. */
  takeAlone(claims: readonly Claim[]): Promise<Verdict> {
    return new Promise((resolve, reject) => this.#ask([{ claims, resolve, reject }], 'run'));
  }

  readonly #send = (): void => {
    const calls = this.#waiting;
    this.#waiting = [];
    if (calls.length > 0) this.#ask(calls, 'runAtOnce');
  };

  #ask(calls: readonly Waiting[], how: 'run' | 'runAtOnce'): void {
    const { redis, prefix, seen } = this.#options;
    const keys: string[] = [];
    const args: number[] = [];
    for (const { claims } of calls) {
      args.push(claims.length);
      for (const { limit, bucket, cost } of claims) {
        keys.push(prefix + bucket);
        args.push(limit.interval, limit.burst, limit.window, cost, seen.table.get(bucket));
      }
    }
    redis[how](TAKE, keys, args)
      .then((reply) => this.#settle(calls, toIntegers(reply, 1)))
      .catch((error: unknown) => {
        for (const { reject } of calls) reject(error);
      });
  }

  #settle(calls: readonly Waiting[], [now = 0, ...reply]: readonly number[]): void {
    this.#options.seen.synchronise(now);
    let at = 0;
    for (const { claims, resolve } of calls) {
      const refusing = claims[(reply[at] ?? 0) - 1];
      const length = refusing === undefined ? claims.length : 2;
      if (at + length >= reply.length) throw new TypeError('a limit script left a call undecided');
      resolve(this.#verdictOn(claims, refusing, reply.slice(at + 1, at + 1 + length), now));
      at += 1 + length;
    }
  }

  /** @param rest arrival times of all claims, or of the one that refuses the wait and the arrival time */
  #verdictOn(
    claims: readonly Claim[],
    refusing: Claim | undefined,
    rest: readonly number[],
    now: number,
  ): Verdict {
    const { table } = this.#options.seen;
    if (refusing !== undefined) {
      const [waitTicks = 0, tat = 0] = rest;
      table.raise(refusing.bucket, tat);
      return refuse(refusing, waitTicks);
    }
    for (const [index, { bucket }] of claims.entries()) table.raise(bucket, rest[index] ?? 0);
    return admit(claims, rest, now);
  }
}
