import type { BucketTable } from './bucket-table.ts';
import { decide, ticksUntilFull, tokensLeft } from './gcra.ts';
import { type Claim, UNCOUNTED, type Verdict } from './limit-store.ts';
import { TICKS_PER_MS } from './ticks.ts';

/** Decides `claims` on `table` at `now`, all or none. */
export function takeFromTable(table: BucketTable, claims: readonly Claim[], now: number): Verdict {
  if (claims.length === 1 && claims[0] !== undefined) return takeOne(table, claims[0], now);
  const tats: number[] = [];
  for (const claim of claims) {
    const decision = decide(claim.limit, table.get(claim.bucket), now, claim.cost);
    if (!decision.admitted) return refuse(claim, decision.waitTicks);
    tats.push(decision.tat);
  }
  claims.forEach((claim, index) => {
    table.set(claim.bucket, tats[index] ?? 0);
  });
  return admit(claims, tats, now);
}

function takeOne(table: BucketTable, claim: Claim, now: number): Verdict {
  const decision = decide(claim.limit, table.get(claim.bucket), now, claim.cost);
  if (!decision.admitted) return refuse(claim, decision.waitTicks);
  table.set(claim.bucket, decision.tat);
  return report(claim, decision.tat, now);
}

/** The verdict on claims that were all admitted and moved their buckets to `tats`. */
export function admit(claims: readonly Claim[], tats: readonly number[], now: number): Verdict {
  let tightest = -1;
  let smallestPart = Number.POSITIVE_INFINITY;
  for (let index = 0; index < claims.length; index += 1) {
    const claim = claims[index];
    if (claim === undefined) continue;
    const part = tokensLeft(claim.limit, tats[index] ?? 0, now) / claim.limit.burst;
    if (part >= smallestPart) continue;
    smallestPart = part;
    tightest = index;
  }
  const claim = claims[tightest];
  return claim === undefined ? UNCOUNTED : report(claim, tats[tightest] ?? 0, now);
}

export function refuse(claim: Claim, waitTicks: number): Verdict {
  return { admitted: false, refusedBy: claim, retryAfterMs: Math.ceil(waitTicks / TICKS_PER_MS) };
}

function report(claim: Claim, tat: number, now: number): Verdict {
  return {
    admitted: true,
    tightest: claim,
    remaining: tokensLeft(claim.limit, tat, now),
    resetMs: Math.ceil(ticksUntilFull(claim.limit, tat, now) / TICKS_PER_MS),
  };
}
