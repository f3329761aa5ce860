import { fillTime, type Limit } from './limit.ts';

export type Decision =
  | { readonly admitted: true; readonly tat: number }
  | { readonly admitted: false; readonly waitTicks: number };

/**
 * The generic cell rate algorithm (ITU-T I.371, virtual scheduling): a bucket is one number, its
 * theoretical arrival time: the moment at which it will be full again. A call moves it on by its cost;
 * a call that would move it further ahead than a full bucket allows is refused and moves nothing.
 *
 * A quota is the same, counted from the end of its window in the place of now.
 *
 * An arrival time that has passed is the same as none: the bucket may be forgotten.
 *
 * @param tat the bucket's theoretical arrival time in ticks, 0 for one never used
 * @param now in ticks
 */
export function decide(limit: Limit, tat: number, now: number, cost: number): Decision {
  const origin = originOf(limit, now);
  const empty = origin + fillTime(limit);
  // Further ahead than empty is a clock that was set back or a burst that was configured down; without
  // the bound a bucket could refuse for as long as the clock is wrong.
  const next = Math.min(empty, Math.max(origin, tat)) + cost * limit.interval;
  const over = next - empty;
  if (over <= 0) return { admitted: true, tat: next };
  return { admitted: false, waitTicks: limit.window > 0 ? origin - now : over };
}

/** Whole tokens left in a bucket. */
export function tokensLeft(limit: Limit, tat: number, now: number): number {
  const used = Math.max(0, tat - originOf(limit, now));
  return Math.max(0, Math.floor((fillTime(limit) - used) / limit.interval));
}

/** Ticks until the bucket is full again. */
export function ticksUntilFull(limit: Limit, tat: number, now: number): number {
  return limit.window > 0 ? originOf(limit, now) - now : Math.max(0, tat - now);
}

function originOf(limit: Limit, now: number): number {
  return limit.window > 0 ? now - (now % limit.window) + limit.window : now;
}
