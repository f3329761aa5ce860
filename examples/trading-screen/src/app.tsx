import { useState } from 'react';
import { AccountMenu } from './account/account-menu.tsx';
import { NotForYou } from './account/not-for-you.tsx';
import { useMayTrade } from './account/use-session.ts';
import { ConnectionIndicator } from './connection-indicator.tsx';
import { ExecutionsPanel } from './orders/executions-panel.tsx';
import { OrderTicket } from './orders/order-ticket.tsx';
import { OrdersPanel } from './orders/orders-panel.tsx';
import { QuoteDetail } from './quotes/quote-detail.tsx';
import { QuotesPanel } from './quotes/quotes-panel.tsx';

export function App() {
  const [symbol, setSymbol] = useState('AAPL');
  /** The client's own ids of the orders placed here, the newest first. */
  const [placed, setPlaced] = useState<readonly string[]>([]);
  const mayTrade = useMayTrade();

  return (
    <>
      <header>
        <h1>Weir</h1>
        <p>Sample market</p>
        <AccountMenu />
        <ConnectionIndicator />
      </header>
      <main>
        <QuotesPanel selected={symbol} onSelect={setSymbol} />
        <div className="desk">
          <QuoteDetail symbol={symbol} />
          {mayTrade ? (
            <OrderTicket
              key={symbol}
              symbol={symbol}
              onPlaced={(id) => setPlaced((ids) => (ids.includes(id) ? ids : [id, ...ids]))}
            />
          ) : (
            <NotForYou title="Order ticket" what="place orders" />
          )}
        </div>
        <div className="blotter">
          {mayTrade ? (
            <>
              <OrdersPanel clientOrderIds={placed} />
              <ExecutionsPanel />
            </>
          ) : (
            <>
              <NotForYou title="Orders" what="see orders" />
              <NotForYou title="Executions" what="see executions" />
            </>
          )}
        </div>
      </main>
    </>
  );
}
