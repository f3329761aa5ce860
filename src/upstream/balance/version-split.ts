import type { Random } from '../../lib/clock.ts';
import type { BackendCall } from '../backend-call.ts';
import type { Balancer } from './balancer.ts';
import { hash32 } from './hash32.ts';

export interface VersionShare {
  readonly version: string;
  /** Per cent of calls; what the shares leave over goes to every endpoint without such a version. */
  readonly percent: number;
}

const STEPS = 10_000;

/**
 * Splits calls between versions, for example 1 % to a canary. Callers with a sticky key see one version
 * for as long as the shares stay; raising a share moves new callers over and none back.
 */
export function createVersionSplit(
  shares: readonly VersionShare[],
  stickyKeyOf: (call: BackendCall) => string | undefined,
  random: Random,
  balance: Balancer,
): Balancer {
  const named = new Set(shares.map(({ version }) => version));

  return function pickVersion(candidates, call) {
    const version = versionAt(place(stickyKeyOf(call)));
    const wanted = candidates.filter(({ target }) =>
      version === undefined ? !named.has(target.version) : target.version === version,
    );
    // A version without any endpoint left must not turn its callers away.
    return balance(wanted.length > 0 ? wanted : candidates, call);
  };

  function place(key: string | undefined): number {
    return key === undefined ? Math.floor(random() * STEPS) : hash32(key) % STEPS;
  }

  function versionAt(position: number): string | undefined {
    let end = 0;
    for (const { version, percent } of shares) {
      end += (percent / 100) * STEPS;
      if (position < end) return version;
    }
    return undefined;
  }
}
