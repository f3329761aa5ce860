import { crc32 } from 'node:zlib';
import { type InstrumentState, LISTINGS, type Listing } from './instruments.ts';
import { uniform } from './noise.ts';
import { DAY_MS, Walk } from './walk.ts';

/** Smallest price step of every instrument here. */
export const TICK = 0.01;

/** Sequence numbers start here, so that they never fit a JavaScript number. */
const FIRST_SEQUENCE = 2n ** 53n;

export interface Quote {
  readonly symbol: string;
  readonly bid: number;
  readonly ask: number;
  readonly bidSize: number;
  readonly askSize: number;
  readonly sequence: bigint;
  readonly quotedAtMs: number;
  readonly state: InstrumentState;
  /** Undefined where nothing traded today. */
  readonly last: number | undefined;
  readonly changeBps: number;
}

export interface MarketOptions {
  readonly seed: number;
  /** Time between two changes of the liveliest instruments; the slowest take four times as long. */
  readonly stepMs: number;
}

/** All instruments on their walks. Pure: a quote depends on the seed, the symbol and the step alone. */
export class Market {
  readonly stepMs: number;
  readonly #seed: number;
  readonly #walks = new Map<string, Walk>();

  constructor({ seed, stepMs }: MarketOptions) {
    this.#seed = seed;
    this.stepMs = stepMs;
    for (const { symbol, basePrice } of LISTINGS.values()) {
      this.#walks.set(symbol, new Walk(seed, crc32(symbol), basePrice));
    }
  }

  listing(symbol: string): Listing | undefined {
    return LISTINGS.get(symbol);
  }

  /** Counts the changes of an instrument since the Unix epoch; halted and closed ones change once a day. */
  stepAt(symbol: string, epochMs: number): number {
    return Math.floor(epochMs / this.#stepLength(symbol));
  }

  quoteAt(symbol: string, epochMs: number): Quote {
    return this.quoteOfStep(symbol, this.stepAt(symbol, epochMs));
  }

  /** @throws RangeError for a symbol that is not listed; ask {@link listing} first. */
  quoteOfStep(symbol: string, step: number): Quote {
    const listing = LISTINGS.get(symbol);
    const walk = this.#walks.get(symbol);
    if (listing === undefined || walk === undefined) throw new RangeError(`No listing ${symbol}`);
    const quotedAtMs = step * this.#stepLength(symbol);
    const price = walk.priceAt(quotedAtMs);
    const previousClose = walk.closeOf(Math.floor(quotedAtMs / DAY_MS) - 1);
    const id = crc32(symbol);
    const spread = Math.max(1, Math.round(price / 100)) * TICK;
    const bid = toTicks(price - spread / 2);
    const ask = toTicks(bid + spread);
    const tradedAtBid = uniform(this.#seed, id, step, 3) < 0.5;
    return {
      symbol,
      bid,
      ask,
      bidSize: lots(uniform(this.#seed, id, step, 1)),
      askSize: lots(uniform(this.#seed, id, step, 2)),
      sequence: FIRST_SEQUENCE + BigInt(step),
      quotedAtMs,
      state: listing.state,
      last: listing.state === 'TRADING_STATE_OPEN' ? (tradedAtBid ? bid : ask) : undefined,
      changeBps: Math.round((price / previousClose - 1) * 10_000),
    };
  }

  /** The closes of the five days before, the newest last. */
  recentCloses(symbol: string, epochMs: number): number[] {
    const walk = this.#walks.get(symbol);
    const today = Math.floor(epochMs / DAY_MS);
    return [5, 4, 3, 2, 1].flatMap((back) => (walk ? toTicks(walk.closeOf(today - back)) : []));
  }

  #stepLength(symbol: string): number {
    if (LISTINGS.get(symbol)?.state !== 'TRADING_STATE_OPEN') return DAY_MS;
    return this.stepMs * (1 + (crc32(symbol) % 4));
  }
}

/** Rounded to whole ticks, without the dust of binary fractions. */
export function toTicks(price: number): number {
  return Math.round(price / TICK) / Math.round(1 / TICK);
}

/** 100 to 2,000 shares in round lots. */
function lots(share: number): number {
  return 100 * (1 + Math.floor(share * 20));
}
