import { expect, test } from 'vitest';
import { GatewayProcess } from '../support/gateway.ts';
import { scrape, valueOn } from '../support/metrics-page.ts';

const NOWHERE = { market: '127.0.0.1:1', orders: '127.0.0.1:1' };

test('metrics with an address of their own are not beside the API', async () => {
  const gateway = await GatewayProcess.start(NOWHERE, {
    telemetry: { metrics: { listen: { port: 0 }, path: '/internal/metrics' } },
  });
  try {
    const { url } = await gateway.child.waitFor('the metrics', ({ msg }) => msg === 'metrics');
    expect(valueOn(await scrape(String(url)), 'weir_sockets')).toBe(0);
    const { origin } = new URL(String(url));
    expect((await fetch(`${origin}/metrics`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/internal/metrics`)).status).toBe(404);
  } finally {
    expect(await gateway.stop()).toBe(0);
  }
});

test('metrics that are switched off are not there', async () => {
  const gateway = await GatewayProcess.start(NOWHERE, {
    telemetry: { metrics: { enabled: false } },
  });
  try {
    expect((await fetch(`${gateway.url}/metrics`)).status).toBe(404);
  } finally {
    expect(await gateway.stop()).toBe(0);
  }
});
