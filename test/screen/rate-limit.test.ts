import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type Backends, startBackends } from '../support/backends.ts';
import { launchBrowser } from '../support/browser.ts';
import { buildScreen } from '../support/build-screen.ts';
import { GatewayProcess } from '../support/gateway.ts';

// A browser, a gateway and two backends may have to share one busy core.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const PLACE = 'orders.v1.orderService.placeOrder';
const built = mkdtempSync(join(tmpdir(), 'weir-screen-'));
let backends: Backends;
let gateway: GatewayProcess;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  buildScreen(built);
  [backends, browser] = await Promise.all([startBackends(), launchBrowser()]);
  gateway = await GatewayProcess.start(
    { market: backends.market.address, orders: backends.orders.address },
    {
      assets: [{ path: '/', folder: built }],
      // Two orders, and no other within the test however slow the machine is.
      rateLimits: { methods: { [PLACE]: { requests: 2, per: '1h', key: 'ip' } } },
    },
  );
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  page.setDefaultTimeout(30_000);
  await page.goto(gateway.url);
  await page.getByText('Live', { exact: true }).nth(1).waitFor();
});

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await backends?.stop();
  rmSync(built, { recursive: true });
});

test('an order over the limit is refused in words, with a countdown, and nothing else suffers', async () => {
  const buy = page.getByRole('button', { name: 'Buy AAPL' });
  const filled = page.getByRole('row', { name: 'Buy 100 AAPL at market' });
  const refusal = page.getByRole('alert');
  await page.getByText('Market', { exact: true }).click();
  for (const orders of [1, 2]) {
    await buy.click();
    await filled.nth(orders - 1).waitFor();
  }
  await buy.click();
  await refusal.getByText('Too many orders at once').waitFor();
  expect(await refusal.innerText()).toMatch(
    /^Too many orders at once\s+Too many calls of orders\.v1\.orderService\.placeOrder: your limit for this method is used up\. Try again in \d+ minutes\.\s+RATE_LIMIT_EXCEEDED\s+limit: callerMethod\s*burst: 2\s+Try again in \d+ s\.\s+Reference /,
  );
  const hint = refusal.getByText(/^Try again in \d+ s\.$/);
  const before = await hint.innerText();
  await expect.poll(() => hint.innerText(), { timeout: 30_000 }).not.toBe(before);

  // Quotes go on, nobody wonders whether the order arrived, and no third one did.
  expect(await page.getByText('Live', { exact: true }).count()).toBe(2);
  expect(await page.getByText('We do not know whether your order arrived').count()).toBe(0);
  expect(await filled.count()).toBe(2);
});
