import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app.tsx';
import './styles.css';
import { queryClient, session, TRPCProvider, weir } from './weir.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no #root');

// Until the gateway has answered, the screen shows what everybody may see.
void session.restore().catch(() => {});
// What one person saw is not the next one's.
session.subscribe(() => queryClient.clear());

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={weir} queryClient={queryClient}>
        <App />
      </TRPCProvider>
    </QueryClientProvider>
  </StrictMode>,
);
