import { useState } from 'react';
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

  return (
    <>
      <header>
        <h1>Weir</h1>
        <p>Sample market</p>
        <ConnectionIndicator />
      </header>
      <main>
        <QuotesPanel selected={symbol} onSelect={setSymbol} />
        <div className="desk">
          <QuoteDetail symbol={symbol} />
          <OrderTicket
            key={symbol}
            symbol={symbol}
            onPlaced={(id) => setPlaced((ids) => (ids.includes(id) ? ids : [id, ...ids]))}
          />
        </div>
        <div className="blotter">
          <OrdersPanel clientOrderIds={placed} />
          <ExecutionsPanel />
        </div>
      </main>
    </>
  );
}
