import { randomUUID } from 'node:crypto';
import { LISTINGS } from '../market/instruments.ts';
import { type Market, toTicks } from '../market/market.ts';
import type { Clock } from '../server/clock.ts';
import { StatusError } from '../server/status-error.ts';
import { toOrderMessage } from './messages.ts';
import type { Side } from './order.ts';
import type { OrderBook } from './order-book.ts';

const MAX_ROUNDS = 3;
const MAX_QUANTITY = 10_000_000;

interface BlockOffer {
  readonly symbol: string;
  readonly side: 'SIDE_UNSPECIFIED' | Side;
  /** A decimal uint64. */
  readonly quantity: string;
  readonly price: number;
}

/** `orders.v1.NegotiateRequest` as proto-loader gives it. */
export interface NegotiateRequest {
  readonly step?: 'offer' | 'accept' | 'withdraw';
  readonly offer?: BlockOffer;
  readonly accept?: boolean;
}

/**
 * One block trade, from the first offer to an agreement or a refusal. The desk takes what is at the
 * market's middle or better for it; else it meets an offer half-way, three times at most.
 */
export async function* negotiate(
  steps: AsyncIterable<NegotiateRequest>,
  book: OrderBook,
  market: Market,
  clock: Clock,
): AsyncGenerator<object> {
  let counter: BlockOffer | undefined;
  let rounds = 0;
  for await (const { step, offer, accept } of steps) {
    if (step === 'withdraw') return yield { refused: 'withdrawn' };
    if (step === 'accept') {
      if (counter === undefined) {
        throw new StatusError('FAILED_PRECONDITION', 'There is no counter-offer to accept yet');
      }
      if (accept) return yield { agreed: agree(book, counter) };
    }
    if (step !== 'offer' || offer === undefined) continue;
    const objection = objectionTo(offer);
    if (objection !== undefined) return yield { refused: objection };
    const quote = market.quoteAt(offer.symbol, clock.now());
    const middle = (quote.bid + quote.ask) / 2;
    const good = offer.side === 'SIDE_BUY' ? offer.price >= middle : offer.price <= middle;
    if (good) return yield { agreed: agree(book, offer) };
    rounds += 1;
    if (rounds > MAX_ROUNDS) return yield { refused: 'too far from the market' };
    counter = { ...offer, price: toTicks((offer.price + middle) / 2) };
    yield { counter_offer: counter };
  }
}

function objectionTo({ symbol, side, quantity, price }: BlockOffer): string | undefined {
  if (!LISTINGS.has(symbol)) return `"${symbol}" is not listed here`;
  if (side === 'SIDE_UNSPECIFIED') return 'a side is needed';
  if (BigInt(quantity) < 1n || BigInt(quantity) > MAX_QUANTITY) {
    return 'a block has from 1 to 10,000,000 shares';
  }
  return price > 0 ? undefined : 'a price above 0 is needed';
}

function agree(book: OrderBook, { symbol, side, quantity, price }: BlockOffer): object {
  const ticket = {
    clientOrderId: `block-${randomUUID()}`,
    symbol,
    side: side === 'SIDE_SELL' ? side : 'SIDE_BUY',
    quantity: Number(quantity),
    pricing: { kind: 'limit', price, timeInForce: 'TIME_IN_FORCE_FILL_OR_KILL' },
    note: undefined,
    labels: {},
    algorithm: undefined,
  } as const;
  return toOrderMessage(book.placeBlock(ticket, price));
}
