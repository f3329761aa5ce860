import { WeirError } from '../../errors.ts';
import { unauthenticated } from '../refusal.ts';
import type { KeySet } from './key-set.ts';
import type { KeySource } from './key-source.ts';

export interface JwksOptions {
  /** Reads the JWK Set anew; rejects when it cannot. */
  readonly load: () => Promise<KeySet>;
  /** How long a set is taken as current. Default 10 minutes, what most identity providers advise. */
  readonly maxAgeMs?: number;
  /** The least time between two loads asked for by an unknown `kid`. Default 5 seconds. */
  readonly cooldownMs?: number;
  /**
   * How long a set that can no longer be refreshed goes on being used. Default 1 hour: an issuer's
   * outage should not become ours, but a withdrawn key must not live for ever either.
   */
  readonly staleMs?: number;
  /** Told of each load that failed; for the log. */
  readonly onLoadError?: (error: unknown) => void;
  /** Milliseconds since the epoch. Default `Date.now`. */
  readonly now?: () => number;
}

type State =
  | { readonly kind: 'empty' }
  | { readonly kind: 'loaded'; readonly keys: KeySet; readonly loadedAtMs: number };

/**
 * A JWK Set that someone else may change at any time.
 *
 * - there is never more than one load under way; whoever needs it waits for the same one;
 * - a set past its age is refreshed behind the calls, which go on with the one at hand;
 * - an unknown `kid` asks for one load at once (that is how a rotation is noticed), at most once per
 *   cooldown, or anyone could make Weir hammer the issuer with invented ids;
 * - a failed load changes nothing until `staleMs` after the last good one, then calls are UNAVAILABLE.
 */
export function createJwks(options: JwksOptions): KeySource {
  const {
    load,
    maxAgeMs = 600_000,
    cooldownMs = 5_000,
    staleMs = 3_600_000,
    onLoadError = () => {},
    now = Date.now,
  } = options;
  let state: State = { kind: 'empty' };
  let loading: Promise<void> | undefined;
  let askedForUnknownAtMs = Number.NEGATIVE_INFINITY;
  let failedAtMs = Number.NEGATIVE_INFINITY;

  function refresh(): Promise<void> {
    loading ??= load()
      .then(
        (keys) => {
          state = { kind: 'loaded', keys, loadedAtMs: now() };
        },
        (error) => {
          failedAtMs = now();
          onLoadError(error);
        },
      )
      .finally(() => {
        loading = undefined;
      });
    return loading;
  }

  const mayRetry = () => now() - failedAtMs >= cooldownMs;

  async function currentKeys(): Promise<KeySet> {
    if (state.kind === 'empty' && (loading !== undefined || mayRetry())) await refresh();
    if (state.kind === 'empty') throw unavailable();
    const ageMs = now() - state.loadedAtMs;
    if (ageMs > maxAgeMs && mayRetry()) {
      const refreshed = refresh();
      if (ageMs > maxAgeMs + staleMs) await refreshed;
    }
    if (now() - state.loadedAtMs > maxAgeMs + staleMs) throw unavailable();
    return state.keys;
  }

  return {
    async find(header, algorithm) {
      const known = (await currentKeys()).find(header, algorithm);
      if (known !== undefined) return known;
      if (loading !== undefined) await loading;
      else if (now() - askedForUnknownAtMs >= cooldownMs) {
        askedForUnknownAtMs = now();
        await refresh();
      }
      const afterwards = (await currentKeys()).find(header, algorithm);
      if (afterwards !== undefined) return afterwards;
      throw unauthenticated('TOKEN_KEY_UNKNOWN', 'The issuer does not know the key of the token.');
    },
  };
}

function unavailable(): WeirError {
  return new WeirError('UNAVAILABLE', "The token issuer's keys cannot be read at the moment.", {
    retryAfterMs: 1_000,
  });
}
