import { fillTime, type Limit } from './limit.ts';
import type { Claim } from './limit-store.ts';

/**
 * One gateway's part of each limit, for the time in which gateways cannot agree through Redis: with n of
 * them, a token takes n times as long to come back and the burst is an n-th. All parts together are
 * never more than the limit, save that every part is at least what one call costs.
 *
 * The arrival time of a bucket means the same in both forms: a limit half used is a part half used.
 */
export class LocalShare {
  #instances = 1;
  #parts = new WeakMap<Limit, Limit>();

  get instances(): number {
    return this.#instances;
  }

  /** Sets how many gateways share the limits. */
  divideBy(instances: number): void {
    const next = Math.max(1, instances);
    if (next === this.#instances) return;
    this.#instances = next;
    this.#parts = new WeakMap();
  }

  partsOf(claims: readonly Claim[]): readonly Claim[] {
    if (this.#instances === 1) return claims;
    return claims.map((claim) => ({ ...claim, limit: this.#partOf(claim) }));
  }

  #partOf({ limit, cost }: Claim): Limit {
    let part = this.#parts.get(limit);
    // A call and a message of a stream may cost differently, and neither may be more than there can be.
    if (part === undefined || part.burst < cost) {
      const burst = Math.max(cost, 1, Math.floor(limit.burst / this.#instances));
      // A quota's tokens must all fit into its window, however few they are.
      const interval =
        limit.window > 0 ? Math.floor(fillTime(limit) / burst) : limit.interval * this.#instances;
      part = { ...limit, burst, interval };
      this.#parts.set(limit, part);
    }
    return part;
  }
}
