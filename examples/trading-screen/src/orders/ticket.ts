import type { ordersV1 } from '@weir/sample-client';

export type PricingKind = 'limit' | 'market' | 'peg';

/** What stands in the form; numbers as they were typed. */
export interface Ticket {
  readonly side: Exclude<ordersV1.Side, 'SIDE_UNSPECIFIED'>;
  readonly pricing: PricingKind;
  readonly quantity: string;
  readonly price: string;
  readonly offset: string;
  readonly timeInForce: ordersV1.LimitPricing_TimeInForce;
  readonly note: string;
}

/** Nothing is checked here: the backend knows the rules, and says which field is wrong. */
export function toRequest(
  ticket: Ticket,
  symbol: string,
  clientOrderId: string,
): ordersV1.PlaceOrderRequestInput {
  return {
    clientOrderId,
    symbol,
    side: ticket.side,
    quantity: toNumber(ticket.quantity),
    note: ticket.note.trim() === '' ? null : ticket.note,
    ...toPricing(ticket),
  };
}

function toPricing(ticket: Ticket) {
  switch (ticket.pricing) {
    case 'limit':
      return { limit: { price: toNumber(ticket.price), timeInForce: ticket.timeInForce } };
    case 'market':
      return { market: {} };
    case 'peg':
      return { peg: { offset: toNumber(ticket.offset) } };
  }
}

function toNumber(text: string): number | undefined {
  return text.trim() === '' ? undefined : Number(text);
}
