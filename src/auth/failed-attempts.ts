import { WeirError } from '../errors.ts';
import { networkOf } from '../lib/network-of.ts';
import { RecentMap } from '../lib/recent-map.ts';
import type { AttemptCounter } from './issuer/login-attempts.ts';
import { refusalReasonOf } from './refusal.ts';

export interface FailedAttemptsOptions {
  /** Failures of one address in each window; the next attempt is refused without a look at it. */
  readonly perAddress: number;
  readonly windowMs: number;
  /** Counts what several gateways see. Without it, and while it cannot be asked, each counts for itself. */
  readonly shared?: AttemptCounter | undefined;
  /** Milliseconds on a clock that never goes back. Default `performance.now`. */
  readonly now?: () => number;
}

interface Window {
  readonly endsAt: number;
  failures: number;
}

/** An attacker with more addresses than this has each of them forgotten before it is used up. */
const MAX_ADDRESSES = 50_000;

/** What the caller was once rightly given: a screen that wakes up with it guesses nothing. */
const GENUINE: ReadonlySet<string | undefined> = new Set([
  'TOKEN_EXPIRED',
  'TOKEN_NOT_YET_VALID',
  'TOKEN_REVOKED',
  'CSRF_TOKEN_WRONG',
]);

/**
 * Stops those who try one credential after the other (credential stuffing, guessed keys), by address
 * (IPv6: by /64), before anything is computed for the next one. Guesses under way together are all counted,
 * but only when they have failed.
 *
 * Whether an address may try is always asked of this process, so that nobody waits for the shared count. It
 * is told of each failure and answers with the sum; so a gateway that was shown nothing wrong by an address
 * yet looks at one more attempt, and at those under way with it.
 */
export class FailedAttempts {
  readonly #options: FailedAttemptsOptions;
  readonly #now: () => number;
  readonly #windows = new RecentMap<string, Window>(MAX_ADDRESSES);

  constructor(options: FailedAttemptsOptions) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** @throws WeirError RESOURCE_EXHAUSTED for an address that has failed too often. */
  admit(address: string): void {
    const refusal = this.refusalOf(address);
    if (refusal !== undefined) throw refusal;
  }

  /** Undefined for an address that may try. */
  refusalOf(address: string): WeirError | undefined {
    if (this.#windows.size === 0) return undefined;
    const window = this.#windows.get(networkOf(address));
    if (window === undefined || window.failures < this.#options.perAddress) return undefined;
    const retryAfterMs = Math.ceil(window.endsAt - this.#now());
    if (retryAfterMs <= 0) return undefined;
    return new WeirError(
      'RESOURCE_EXHAUSTED',
      'Too many failed attempts to authenticate came from your address.',
      {
        retryAfterMs,
        details: [
          {
            '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
            reason: 'TOO_MANY_FAILURES',
            domain: 'weir',
          },
        ],
      },
    );
  }

  /** Counts what failed for being wrong; an issuer that is away is nobody's guess. */
  note(address: string, thrown: unknown): void {
    if (!(thrown instanceof WeirError) || thrown.code !== 'UNAUTHENTICATED') return;
    if (GENUINE.has(refusalReasonOf(thrown))) return;
    const network = networkOf(address);
    const now = this.#now();
    const window = this.#windows.get(network);
    if (window !== undefined && now < window.endsAt) window.failures += 1;
    else this.#windows.set(network, { endsAt: now + this.#options.windowMs, failures: 1 });
    void this.#share(network);
  }

  async #share(network: string): Promise<void> {
    const { shared, windowMs } = this.#options;
    if (shared === undefined) return;
    // What is counted here stands while Redis is away, and who owns the connection tells of that.
    const sum = await shared.add(`failures:${network}`, windowMs).catch(() => undefined);
    if (sum === undefined || sum.leftMs <= 0) return;
    const failures = this.#windows.get(network)?.failures ?? 0;
    if (sum.count <= failures) return;
    this.#windows.set(network, { endsAt: this.#now() + sum.leftMs, failures: sum.count });
  }

  /** Makes the attempt unless the address has failed too often, and counts it if it fails. */
  async guard<Result>(address: string, attempt: () => Promise<Result>): Promise<Result> {
    this.admit(address);
    try {
      return await attempt();
    } catch (thrown) {
      this.note(address, thrown);
      throw thrown;
    }
  }
}
