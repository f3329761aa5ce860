import { useQueryClient } from '@tanstack/react-query';
import type { ordersV1 } from '@weir/sample-client';
import { useState } from 'react';
import { LiveBadge } from '../live/live-badge.tsx';
import { type LiveObserver, useLive } from '../live/use-live.ts';
import { formatCount, formatPrice, formatTime } from '../quotes/format.ts';
import { useTRPC, weir } from '../weir.ts';

interface ExecutionEvent {
  readonly id: string;
  readonly data: ordersV1.WatchExecutionsResponse;
}

/** As many as fit a screen and a little more. */
const KEPT = 50;

export function ExecutionsPanel() {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [executions, setExecutions] = useState<readonly ordersV1.WatchExecutionsResponse[]>([]);
  const { state, restart } = useLive(watchExecutions, ({ data }) => {
    setExecutions((now) => [data, ...now].slice(0, KEPT));
    const { clientOrderId } = data;
    queries.invalidateQueries(trpc.orders.v1.orderService.getOrder.queryFilter({ clientOrderId }));
  });

  return (
    <section className="executions" aria-labelledby="executions-title">
      <div className="title">
        <h2 id="executions-title">Executions</h2>
        <LiveBadge state={state} restart={restart} />
      </div>
      <ol role="log" aria-labelledby="executions-title">
        {executions.map((each) => (
          <li key={each.sequence}>
            <time dateTime={each.executedAt}>{formatTime(each.executedAt)}</time>{' '}
            <span className={each.side === 'SIDE_BUY' ? 'gain' : 'loss'}>
              {each.side === 'SIDE_BUY' ? 'Bought' : 'Sold'}
            </span>{' '}
            {formatCount(each.quantity)} {each.symbol} at {formatPrice(each.price)}
            {each.complete && <strong> complete</strong>}
          </li>
        ))}
      </ol>
      {executions.length === 0 && <p className="empty">None since this page was opened.</p>}
    </section>
  );
}

function watchExecutions(observer: LiveObserver<ExecutionEvent>) {
  return weir.orders.v1.orderService.watchExecutions.subscribe({}, observer);
}
