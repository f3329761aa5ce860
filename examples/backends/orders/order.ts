import type { Quote } from '../market/market.ts';
import type { Pricing } from './pricing.ts';

export type Side = 'SIDE_BUY' | 'SIDE_SELL';

export type OrderStatus =
  | 'ORDER_STATUS_ACCEPTED'
  | 'ORDER_STATUS_PARTIALLY_FILLED'
  | 'ORDER_STATUS_FILLED'
  | 'ORDER_STATUS_CANCELLED';

/** What a trader asks for, checked. */
export interface Ticket {
  readonly clientOrderId: string;
  readonly symbol: string;
  readonly side: Side;
  readonly quantity: number;
  readonly pricing: Pricing;
  readonly note: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly algorithm: Algorithm | undefined;
}

/** A `google.protobuf.Any` as proto-loader gives it, and what it asks for. */
export interface Algorithm {
  readonly any: { readonly type_url: string; readonly value: Uint8Array };
  readonly slices: number;
}

/** One order in the book; its state changes by {@link fill} and {@link cancel} alone. */
export class Order {
  readonly ticket: Ticket;
  readonly orderId: bigint;
  readonly placedAtMs: number;
  readonly children: readonly Order[];
  #filled = 0;
  #paid = 0;
  #cancelled = false;

  constructor(
    ticket: Ticket,
    {
      orderId,
      placedAtMs,
      children = [],
    }: Pick<Order, 'orderId' | 'placedAtMs'> & { children?: readonly Order[] },
  ) {
    this.ticket = ticket;
    this.orderId = orderId;
    this.placedAtMs = placedAtMs;
    this.children = children;
  }

  get filled(): number {
    return this.#filled;
  }

  get remaining(): number {
    return this.ticket.quantity - this.#filled;
  }

  get averagePrice(): number | undefined {
    return this.#filled === 0 ? undefined : this.#paid / this.#filled;
  }

  get status(): OrderStatus {
    if (this.#cancelled) return 'ORDER_STATUS_CANCELLED';
    if (this.remaining === 0) return 'ORDER_STATUS_FILLED';
    return this.#filled > 0 ? 'ORDER_STATUS_PARTIALLY_FILLED' : 'ORDER_STATUS_ACCEPTED';
  }

  get open(): boolean {
    return !this.#cancelled && this.remaining > 0;
  }

  /** What one step of the market can fill: what is offered, and no more than one slice. */
  fillable(quote: Quote): number {
    const offered = this.ticket.side === 'SIDE_BUY' ? quote.askSize : quote.bidSize;
    const slice = this.children.find((child) => child.open);
    return Math.min(offered, slice?.remaining ?? this.remaining);
  }

  fill(quantity: number, price: number): void {
    this.#filled += quantity;
    this.#paid += quantity * price;
    this.children.find((child) => child.open)?.fill(quantity, price);
  }

  cancel(): void {
    this.#cancelled = true;
    for (const child of this.children) if (child.open) child.cancel();
  }
}
