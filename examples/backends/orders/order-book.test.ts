import { beforeEach, describe, expect, test } from 'vitest';
import { Market } from '../market/market.ts';
import { ManualClock } from '../server/manual-clock.ts';
import type { Execution } from './execution-log.ts';
import type { Ticket } from './order.ts';
import { OrderBook } from './order-book.ts';

const NOW = Date.UTC(2026, 5, 1, 15);
const STEP = 250;

let clock: ManualClock;
let market: Market;
let book: OrderBook;

beforeEach(() => {
  clock = new ManualClock(NOW);
  market = new Market({ seed: 1, stepMs: STEP });
  book = new OrderBook(market, clock);
});

function ticket(changes: Partial<Ticket> = {}): Ticket {
  return {
    clientOrderId: 'mine-1',
    symbol: 'AAPL',
    side: 'SIDE_BUY',
    quantity: 100,
    pricing: { kind: 'market' },
    note: undefined,
    labels: {},
    algorithm: undefined,
    ...changes,
  };
}

function limit(price: number, timeInForce: 'DAY' | 'IMMEDIATE_OR_CANCEL' | 'FILL_OR_KILL') {
  return { kind: 'limit', price, timeInForce: `TIME_IN_FORCE_${timeInForce}` } as const;
}

function turn(steps: number): void {
  for (let step = 0; step < steps; step++) {
    clock.advance(STEP);
    book.advance();
  }
}

async function executionsSince(after: bigint, count: number): Promise<Execution[]> {
  const watching = new AbortController();
  const seen: Execution[] = [];
  for await (const execution of book.executions.watch(after, watching.signal)) {
    seen.push(execution);
    if (seen.length === count) break;
  }
  return seen;
}

describe('filling', () => {
  test('a market order is accepted, then filled by the next steps of the market', () => {
    const order = book.place(ticket());
    expect(order.status).toBe('ORDER_STATUS_ACCEPTED');
    turn(4);
    expect(order.status).toBe('ORDER_STATUS_FILLED');
    expect(order.averagePrice).toBeGreaterThan(0);
  });

  test('a large order fills in parts, never more than is offered, and they add up', async () => {
    const before = book.executions.watch(0n, new AbortController().signal).next();
    const order = book.place(ticket({ quantity: 9_000 }));
    const first = book.place(ticket({ clientOrderId: 'mine-0', quantity: 100 }));
    turn(40);
    expect(first.status).toBe('ORDER_STATUS_FILLED');
    expect(order.status).toBe('ORDER_STATUS_FILLED');
    const start = (await before).value?.sequence ?? 0n;
    const all = await executionsSince(start - 1n, 6);
    const parts = all.filter(({ clientOrderId }) => clientOrderId === 'mine-1');
    expect(parts.length).toBeGreaterThan(1);
    expect(Math.max(...parts.map(({ quantity }) => quantity))).toBeLessThanOrEqual(2_000);
    expect(all.map(({ sequence }) => sequence - start)).toEqual([0n, 1n, 2n, 3n, 4n, 5n]);
  });

  test('a limit order rests until the market reaches its price', () => {
    const { ask } = market.quoteAt('AAPL', NOW);
    const far = book.place(ticket({ pricing: limit(ask / 2, 'DAY') }));
    const near = book.place(ticket({ clientOrderId: 'mine-2', pricing: limit(ask * 1.01, 'DAY') }));
    turn(20);
    expect(far.status).toBe('ORDER_STATUS_ACCEPTED');
    expect(near.status).toBe('ORDER_STATUS_FILLED');
    expect(near.averagePrice).toBeLessThanOrEqual(ask * 1.01);
  });

  test('a pegged order fills at its own side of the market', () => {
    const order = book.place(ticket({ pricing: { kind: 'peg', offset: 0 } }));
    turn(80);
    expect(order.status).toBe('ORDER_STATUS_FILLED');
    expect(order.averagePrice).toBeLessThan(market.quoteAt('AAPL', clock.now()).ask * 1.01);
  });

  test.each([
    ['IMMEDIATE_OR_CANCEL', 100, 1.01, 100, 'ORDER_STATUS_FILLED'],
    ['IMMEDIATE_OR_CANCEL', 100, 0.5, 0, 'ORDER_STATUS_CANCELLED'],
    ['FILL_OR_KILL', 100, 1.01, 100, 'ORDER_STATUS_FILLED'],
    ['FILL_OR_KILL', 50_000, 1.01, 0, 'ORDER_STATUS_CANCELLED'],
  ] as const)(
    '%s of %i at %f of the ask fills %i: %s',
    (force, quantity, factor, filled, status) => {
      const { ask } = market.quoteAt('AAPL', NOW);
      const order = book.place(ticket({ quantity, pricing: limit(ask * factor, force) }));
      expect([order.filled, order.status]).toEqual([filled, status]);
    },
  );

  test('an algorithm works through its slices', () => {
    const any = { type_url: 'type.googleapis.com/orders.v1.TwapAlgorithm', value: Buffer.of(8, 4) };
    const order = book.place(ticket({ quantity: 10, algorithm: { any, slices: 4 } }));
    expect(order.children.map((child) => child.ticket.quantity)).toEqual([2, 3, 2, 3]);
    turn(40);
    expect(order.status).toBe('ORDER_STATUS_FILLED');
    expect(new Set(order.children.map((child) => child.status))).toEqual(
      new Set(['ORDER_STATUS_FILLED']),
    );
  });
});

describe('refusing', () => {
  const refusal = (changes: Partial<Ticket>) => {
    try {
      book.place(ticket(changes));
    } catch (thrown) {
      return thrown;
    }
    return undefined;
  };

  test.each([
    ['a halted instrument', { symbol: 'GME' }, 'FAILED_PRECONDITION', 'TRADING_HALTED'],
    ['a closed one', { symbol: 'T' }, 'FAILED_PRECONDITION', 'MARKET_CLOSED'],
    [
      'more than the buying power',
      { quantity: 1_000_000 },
      'FAILED_PRECONDITION',
      'INSUFFICIENT_BUYING_POWER',
    ],
  ])('%s', (_, changes, code, reason) => {
    expect(refusal(changes)).toMatchObject({
      code,
      details: expect.arrayContaining([
        { type: 'google.rpc.ErrorInfo', value: expect.objectContaining({ reason }) },
      ]),
    });
  });

  test('a second order with the same client_order_id, and the first one stands', () => {
    const order = book.place(ticket());
    expect(refusal({ quantity: 5 })).toMatchObject({ code: 'ALREADY_EXISTS' });
    expect(book.getByClientId('mine-1')).toBe(order);
  });

  test('buying power is set aside for open orders, and given back when they are cancelled', () => {
    const { ask } = market.quoteAt('AAPL', NOW);
    const quantity = Math.floor(60_000_000 / ask);
    const first = book.place(ticket({ quantity, pricing: limit(ask / 2, 'DAY') }));
    const second = book.place(ticket({ clientOrderId: 'b', quantity, pricing: limit(ask, 'DAY') }));
    expect(refusal({ clientOrderId: 'c', quantity })).toMatchObject({
      code: 'FAILED_PRECONDITION',
    });
    book.cancel(second.orderId);
    book.cancel(first.orderId);
    expect(refusal({ clientOrderId: 'c', quantity })).toBeUndefined();
  });
});

test('cancelling twice is cancelling once; what is filled stays filled', () => {
  const { ask } = market.quoteAt('AAPL', NOW);
  const resting = book.place(ticket({ pricing: limit(ask / 2, 'DAY') }));
  expect(book.cancel(resting.orderId).status).toBe('ORDER_STATUS_CANCELLED');
  expect(book.cancel(resting.orderId).status).toBe('ORDER_STATUS_CANCELLED');
  const filled = book.place(ticket({ clientOrderId: 'mine-2' }));
  turn(4);
  expect(() => book.cancel(filled.orderId)).toThrow(/is filled/);
});

test('executions are replayed from the sequence asked for', async () => {
  book.place(ticket());
  turn(4);
  const [first] = await executionsSince(1n, 1);
  book.place(ticket({ clientOrderId: 'mine-2' }));
  turn(4);
  const [second] = await executionsSince(first?.sequence ?? 0n, 1);
  expect(second?.clientOrderId).toBe('mine-2');
});
