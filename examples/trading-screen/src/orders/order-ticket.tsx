import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useLayoutEffect, useRef, useState } from 'react';
import { formatPrice } from '../quotes/format.ts';
import { useTick } from '../quotes/use-tick.ts';
import { useTRPC } from '../weir.ts';
import { Choice } from './choice.tsx';
import { Field } from './field.tsx';
import { violationsByField } from './field-violations.ts';
import { Refusal } from './refusal.tsx';
import { type Ticket, toRequest } from './ticket.ts';

interface OrderTicketProps {
  readonly symbol: string;
  readonly onPlaced: (clientOrderId: string) => void;
}

const SIDES = { SIDE_BUY: 'Buy', SIDE_SELL: 'Sell' } as const;
const PRICINGS = { limit: 'Limit', market: 'Market', peg: 'Peg' } as const;
const TIMES_IN_FORCE = {
  TIME_IN_FORCE_DAY: 'Day',
  TIME_IN_FORCE_IMMEDIATE_OR_CANCEL: 'Immediate or cancel',
  TIME_IN_FORCE_FILL_OR_KILL: 'Fill or kill',
} as const;

export function OrderTicket({ symbol, onPlaced }: OrderTicketProps) {
  const trpc = useTRPC();
  const form = useRef<HTMLFormElement>(null);
  const [ticket, setTicket] = useState<Ticket>(() => ({
    side: 'SIDE_BUY',
    pricing: 'limit',
    quantity: '100',
    price: '',
    offset: '0.00',
    timeInForce: 'TIME_IN_FORCE_DAY',
    note: '',
  }));
  // It changes only once an order with it is known to exist: sent again, the same id cannot make a second.
  const [clientOrderId, setClientOrderId] = useState(createOrderId);
  const place = useMutation(trpc.orders.v1.orderService.placeOrder.mutationOptions());
  const violations = violationsByField(place.error);
  const quote = useTick(symbol)?.quote;
  /** The best price of the other side, at which the order would trade at once. */
  const best = ticket.side === 'SIDE_BUY' ? quote?.ask : quote?.bid;

  useLayoutEffect(() => {
    if (!place.isError) return;
    form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [place.isError]);

  function change(changed: Partial<Ticket>): void {
    setTicket((now) => ({ ...now, ...changed }));
  }

  function finish(): void {
    onPlaced(clientOrderId);
    setClientOrderId(createOrderId());
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    place.mutate(toRequest(ticket, symbol, clientOrderId), { onSuccess: finish });
  }

  const verb = SIDES[ticket.side];
  return (
    <section className="ticket" aria-labelledby="ticket-title">
      <h2 id="ticket-title">Order ticket</h2>
      <form ref={form} onSubmit={submit} noValidate data-side={ticket.side}>
        <Choice
          legend="Side"
          name="side"
          options={SIDES}
          value={ticket.side}
          onChange={(side) => change({ side })}
        />
        <Choice
          legend="Pricing"
          name="pricing"
          options={PRICINGS}
          value={ticket.pricing}
          onChange={(pricing) => change({ pricing })}
        />
        <Field label="Quantity" violation={violations.get('quantity')}>
          {(control) => (
            <input
              {...control}
              inputMode="numeric"
              autoComplete="off"
              value={ticket.quantity}
              onChange={(event) => change({ quantity: event.target.value })}
            />
          )}
        </Field>
        {ticket.pricing === 'limit' && (
          <>
            <Field label="Limit price" violation={violations.get('limit.price')}>
              {(control) => (
                <span className="with-button">
                  <input
                    {...control}
                    inputMode="decimal"
                    autoComplete="off"
                    value={ticket.price}
                    onChange={(event) => change({ price: event.target.value })}
                  />
                  <button
                    type="button"
                    disabled={best === undefined}
                    onClick={() => change({ price: String(best) })}
                  >
                    {ticket.side === 'SIDE_BUY' ? 'Ask' : 'Bid'} {formatPrice(best)}
                  </button>
                </span>
              )}
            </Field>
            <Field label="Time in force" violation={violations.get('limit.timeInForce')}>
              {(control) => (
                <select
                  {...control}
                  value={ticket.timeInForce}
                  onChange={(event) => change({ timeInForce: toTimeInForce(event.target.value) })}
                >
                  {Object.entries(TIMES_IN_FORCE).map(([value, text]) => (
                    <option key={value} value={value}>
                      {text}
                    </option>
                  ))}
                </select>
              )}
            </Field>
          </>
        )}
        {ticket.pricing === 'peg' && (
          <Field label="Offset from the best price" violation={violations.get('peg.offset')}>
            {(control) => (
              <input
                {...control}
                inputMode="decimal"
                autoComplete="off"
                value={ticket.offset}
                onChange={(event) => change({ offset: event.target.value })}
              />
            )}
          </Field>
        )}
        <Field label="Note" violation={violations.get('note')}>
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              value={ticket.note}
              onChange={(event) => change({ note: event.target.value })}
            />
          )}
        </Field>
        <button type="submit" className="place" disabled={place.isPending}>
          {place.isPending ? 'Sending …' : `${verb} ${symbol}`}
        </button>
      </form>
      {place.isError && (
        <Refusal
          error={place.error}
          clientOrderId={clientOrderId}
          onFound={() => {
            finish();
            place.reset();
          }}
        />
      )}
      {place.isSuccess && (
        <p className="placed" role="status">
          Order {place.data.order?.orderId} was accepted.
        </p>
      )}
    </section>
  );
}

function toTimeInForce(value: string): Ticket['timeInForce'] {
  return isTimeInForce(value) ? value : 'TIME_IN_FORCE_DAY';
}

function isTimeInForce(value: string): value is keyof typeof TIMES_IN_FORCE {
  return Object.hasOwn(TIMES_IN_FORCE, value);
}

function createOrderId(): string {
  return `screen-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 10)}`;
}
