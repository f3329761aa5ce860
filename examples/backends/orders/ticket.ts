import { LISTINGS } from '../market/instruments.ts';
import { messageDefinition } from '../server/definitions.ts';
import { badRequest, type FieldViolation } from '../server/error-details.ts';
import { StatusError } from '../server/status-error.ts';
import type { Algorithm, Side, Ticket } from './order.ts';
import { isWholeTicks, type Pricing, type TimeInForce } from './pricing.ts';

const MAX_QUANTITY = 1_000_000;
const MAX_SLICES = 100;
const TWAP = 'type.googleapis.com/orders.v1.TwapAlgorithm';

/** `orders.v1.PlaceOrderRequest` as proto-loader gives it. */
export interface PlaceOrderRequest {
  readonly client_order_id: string;
  readonly symbol: string;
  readonly side: 'SIDE_UNSPECIFIED' | Side;
  readonly quantity: number;
  /** The name of the oneof's field that is set. */
  readonly pricing?: 'limit' | 'market' | 'peg';
  readonly limit?: { readonly price: number; readonly time_in_force: TimeInForce };
  readonly peg?: { readonly offset: number };
  readonly note: { readonly value: string } | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly algorithm: Algorithm['any'] | null;
}

/** @throws StatusError INVALID_ARGUMENT that names every field at fault, not just the first. */
export function toTicket(request: PlaceOrderRequest): Ticket {
  const violations: FieldViolation[] = [];
  const expect = (holds: boolean, field: string, description: string) => {
    if (!holds) violations.push({ field, description });
  };
  const { side, quantity } = request;
  const pricing = toPricing(request);
  const slices = slicesOf(request.algorithm);
  expect(request.client_order_id !== '', 'client_order_id', 'must not be empty');
  expect(LISTINGS.has(request.symbol), 'symbol', `"${request.symbol}" is not listed here`);
  expect(side !== 'SIDE_UNSPECIFIED', 'side', 'must be SIDE_BUY or SIDE_SELL');
  expect(
    quantity >= 1 && quantity <= MAX_QUANTITY,
    'quantity',
    `must be from 1 to 1,000,000, and is ${quantity}`,
  );
  expect(pricing !== undefined, 'pricing', 'must be one of limit, market and peg');
  if (pricing?.kind === 'limit') {
    expect(pricing.price > 0, 'limit.price', `must be above 0, and is ${pricing.price}`);
    expect(isWholeTicks(pricing.price), 'limit.price', 'must be a multiple of the tick, 0.01');
  }
  expect(slices <= MAX_SLICES, 'algorithm', `must be a ${TWAP} with 1 to ${MAX_SLICES} slices`);
  if (violations.length > 0 || side === 'SIDE_UNSPECIFIED' || pricing === undefined) {
    throw new StatusError('INVALID_ARGUMENT', 'The order is not valid', [badRequest(violations)]);
  }
  return {
    clientOrderId: request.client_order_id,
    symbol: request.symbol,
    side,
    quantity,
    pricing,
    note: request.note?.value,
    labels: request.labels,
    algorithm: request.algorithm === null ? undefined : { any: request.algorithm, slices },
  };
}

function toPricing({ pricing, limit, peg }: PlaceOrderRequest): Pricing | undefined {
  if (pricing === 'limit' && limit) {
    return { kind: 'limit', price: limit.price, timeInForce: limit.time_in_force };
  }
  if (pricing === 'peg' && peg) return { kind: 'peg', offset: peg.offset };
  return pricing === 'market' ? { kind: 'market' } : undefined;
}

/** Infinity for an algorithm that this book does not know or cannot read. */
function slicesOf(algorithm: Algorithm['any'] | null): number {
  if (algorithm === null) return 0;
  if (algorithm.type_url !== TWAP) return Number.POSITIVE_INFINITY;
  try {
    const bytes = Buffer.from(algorithm.value);
    const message = messageDefinition('orders.v1.TwapAlgorithm').deserialize(bytes);
    const slices = 'slices' in message ? Number(message.slices) : 0;
    return slices === 0 ? Number.POSITIVE_INFINITY : slices;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
