import type { Market } from '../market/market.ts';
import type { Clock } from '../server/clock.ts';
import { ExecutionLog } from './execution-log.ts';
import { Order, type Ticket } from './order.ts';
import { type Pricing, tradePrice, worstPrice } from './pricing.ts';
import {
  refuseBeyondBuyingPower,
  refuseDuplicate,
  refuseFilled,
  refuseHalted,
  refuseUnknownOrder,
} from './refusals.ts';

/** In dollars, for all open buy orders together. */
export const BUYING_POWER = 100_000_000;

/** Completed orders beyond these many are forgotten, the oldest first. */
const KEEP_ORDERS = 200_000;

interface OpenOrder {
  /** The market step that the order has seen last. */
  seen: number;
  /** Dollars set aside for each share. */
  readonly reservePerShare: number;
}

/** Orders trade against the market's quotes, step by step; nothing happens but in a call of a method. */
export class OrderBook {
  readonly executions: ExecutionLog;
  readonly #market: Market;
  readonly #clock: Clock;
  readonly #orders = new Map<bigint, Order>();
  readonly #byClientId = new Map<string, Order>();
  readonly #open = new Map<Order, OpenOrder>();
  /** Dollars set aside for what the open buy orders may still cost. */
  #reserved = 0;
  #nextOrderId: bigint;

  constructor(market: Market, clock: Clock) {
    this.#market = market;
    this.#clock = clock;
    // Above 2^53, and above all that an earlier book gave out, for at most 8,192 orders a millisecond.
    this.#nextOrderId = BigInt(Math.floor(clock.now())) * 8192n;
    this.executions = new ExecutionLog(this.#nextOrderId);
  }

  /** @throws StatusError ALREADY_EXISTS or FAILED_PRECONDITION, and then nothing was placed. */
  place(ticket: Ticket): Order {
    const now = this.#clock.now();
    const quote = this.#market.quoteAt(ticket.symbol, now);
    const twin = this.#byClientId.get(ticket.clientOrderId);
    if (twin !== undefined) throw refuseDuplicate(twin);
    if (quote.state !== 'TRADING_STATE_OPEN') throw refuseHalted(quote);
    const reservePerShare = ticket.side === 'SIDE_BUY' ? worstPrice(ticket.pricing, quote) : 0;
    const required = ticket.quantity * reservePerShare;
    const available = BUYING_POWER - this.#reserved;
    if (required > available) throw refuseBeyondBuyingPower(required, available);
    const order = this.#add(ticket, now);
    this.#reserved += required;
    this.#open.set(order, { seen: this.#market.stepAt(ticket.symbol, now), reservePerShare });
    if (isImmediate(ticket.pricing)) this.#tradeOnceOrCancel(order);
    return order;
  }

  /** A block trade that both sides agreed on: filled at once, outside the market. */
  placeBlock(ticket: Ticket, price: number): Order {
    const order = this.#add(ticket, this.#clock.now());
    this.#execute(order, ticket.quantity, price);
    return order;
  }

  /** Cancels what is still open; cancelling again changes nothing. */
  cancel(orderId: bigint): Order {
    const order = this.get(orderId);
    if (order.status === 'ORDER_STATUS_FILLED') throw refuseFilled(order);
    this.#release(order, order.open ? order.remaining : 0);
    order.cancel();
    this.#open.delete(order);
    return order;
  }

  get(orderId: bigint): Order {
    const order = this.#orders.get(orderId);
    if (order === undefined) throw refuseUnknownOrder(String(orderId));
    return order;
  }

  getByClientId(clientOrderId: string): Order {
    const order = this.#byClientId.get(clientOrderId);
    if (order === undefined) throw refuseUnknownOrder(clientOrderId);
    return order;
  }

  /** Lets the open orders trade on every step that the market took since the last time. */
  advance(): void {
    const now = this.#clock.now();
    for (const [order, open] of this.#open) {
      const newest = this.#market.stepAt(order.ticket.symbol, now);
      for (let step = open.seen + 1; step <= newest && order.open; step++) this.#trade(order, step);
      open.seen = newest;
    }
  }

  #trade(order: Order, step: number): void {
    const { pricing, side, symbol } = order.ticket;
    const quote = this.#market.quoteOfStep(symbol, step);
    const price = tradePrice(pricing, side, quote);
    if (price !== undefined) this.#execute(order, order.fillable(quote), price);
  }

  #tradeOnceOrCancel(order: Order): void {
    const { pricing, quantity, side, symbol } = order.ticket;
    const quote = this.#market.quoteAt(symbol, this.#clock.now());
    const price = tradePrice(pricing, side, quote);
    const whole = order.fillable(quote) === quantity;
    if (price !== undefined && (whole || !isAllOrNothing(pricing))) {
      this.#execute(order, order.fillable(quote), price);
    }
    if (order.open) this.cancel(order.orderId);
  }

  #execute(order: Order, quantity: number, price: number): void {
    this.#release(order, quantity);
    order.fill(quantity, price);
    if (!order.open) this.#open.delete(order);
    const { clientOrderId, symbol, side } = order.ticket;
    this.executions.append({
      orderId: order.orderId,
      clientOrderId,
      symbol,
      side,
      quantity,
      price,
      executedAtMs: this.#clock.now(),
      complete: order.remaining === 0,
    });
  }

  #add(ticket: Ticket, placedAtMs: number): Order {
    const orderId = this.#nextOrderId++;
    const children = slicesOf(ticket).map(
      (slice) => new Order(slice, { orderId: this.#nextOrderId++, placedAtMs }),
    );
    const order = new Order(ticket, { orderId, placedAtMs, children });
    this.#orders.set(orderId, order);
    this.#byClientId.set(ticket.clientOrderId, order);
    if (this.#orders.size > KEEP_ORDERS) this.#forgetOldest();
    return order;
  }

  #forgetOldest(): void {
    for (const [orderId, order] of this.#orders) {
      if (order.open) continue;
      this.#orders.delete(orderId);
      this.#byClientId.delete(order.ticket.clientOrderId);
      return;
    }
  }

  #release(order: Order, quantity: number): void {
    this.#reserved -= quantity * (this.#open.get(order)?.reservePerShare ?? 0);
  }
}

function isImmediate(pricing: Pricing): boolean {
  return (
    isAllOrNothing(pricing) ||
    (pricing.kind === 'limit' && pricing.timeInForce === 'TIME_IN_FORCE_IMMEDIATE_OR_CANCEL')
  );
}

function isAllOrNothing(pricing: Pricing): boolean {
  return pricing.kind === 'limit' && pricing.timeInForce === 'TIME_IN_FORCE_FILL_OR_KILL';
}

/** Nearly equal parts; none when the order runs without an algorithm. */
function slicesOf(ticket: Ticket): Ticket[] {
  const slices = Math.min(ticket.algorithm?.slices ?? 0, ticket.quantity);
  return Array.from({ length: slices }, (_, place) => ({
    ...ticket,
    clientOrderId: `${ticket.clientOrderId}/${place + 1}`,
    quantity:
      Math.floor((ticket.quantity * (place + 1)) / slices) -
      Math.floor((ticket.quantity * place) / slices),
    algorithm: undefined,
  }));
}
