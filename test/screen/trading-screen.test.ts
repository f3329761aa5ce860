import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { BackendProcess, type Backends, startBackends } from '../support/backends.ts';
import { launchBrowser } from '../support/browser.ts';
import { buildScreen } from '../support/build-screen.ts';
import { GatewayProcess } from '../support/gateway.ts';

// A browser, a gateway and two backends may have to share one busy core.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const built = mkdtempSync(join(tmpdir(), 'weir-screen-'));
let backends: Backends;
let gateway: GatewayProcess;
let browser: Browser;
let page: Page;
let faults: string[];

beforeAll(async () => {
  buildScreen(built);
  [backends, browser] = await Promise.all([startBackends(), launchBrowser()]);
  gateway = await GatewayProcess.start(
    { market: backends.market.address, orders: backends.orders.address },
    { assets: [{ path: '/', folder: built }] },
  );
});

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await backends?.stop();
  rmSync(built, { recursive: true });
});

beforeEach(async () => {
  faults = [];
  page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  // Below the test's own limit, so that a failure names the step it waited for.
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url)) faults.push(`asked for ${request.url()}`);
  });
  await page.goto(gateway.url);
  await page.getByText('Live', { exact: true }).nth(1).waitFor();
});

afterEach(async () => {
  await page.close();
  expect(faults).toEqual([]);
});

const bidOf = (symbol: string) => page.locator(`tr[data-symbol="${symbol}"] td`).first();

/** Resolves once the bid is another one than now. */
async function bidToMove(symbol: string): Promise<void> {
  const before = await bidOf(symbol).textContent();
  await page.waitForFunction(
    ([selector, text]) => document.querySelector(selector ?? '')?.textContent !== text,
    [`tr[data-symbol="${symbol}"] td`, before],
  );
}

async function placeAtMarket(symbol: string, quantity: string): Promise<void> {
  await page.getByRole('button', { name: symbol, exact: true }).click();
  await page.getByText('Market', { exact: true }).click();
  await page.getByLabel('Quantity').fill(quantity);
  await page.getByRole('button', { name: `Buy ${symbol}` }).click();
}

test('quotes move, up and down', async () => {
  expect(await page.locator('tr[data-symbol]').count()).toBe(50);
  await bidToMove('AAPL');
  await page.locator('td.up').first().waitFor();
  await page.locator('td.down').first().waitFor();
  expect(await page.getByText('Connected', { exact: true }).isVisible()).toBe(true);
});

test('the arrow keys choose the instrument to trade', async () => {
  await page.getByRole('button', { name: 'AAPL', exact: true }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.getByRole('heading', { name: 'ADBE' }).waitFor();
  await page.keyboard.press('ArrowUp');
  await page.getByRole('button', { name: 'Buy ABBV' }).waitFor();
  expect(await page.locator('tr[aria-selected="true"]').getAttribute('data-symbol')).toBe('ABBV');
});

test('an order fills, and its executions stream in', async () => {
  await placeAtMarket('MSFT', '300');
  const order = page.getByRole('row', { name: 'Buy 300 MSFT at market' });
  await order.getByText('Filled', { exact: true }).waitFor();
  const executions = page.getByRole('log');
  await executions.getByText('complete').waitFor();
  expect(await executions.innerText()).toMatch(/Bought \d+ MSFT at \d/);
});

test('an open order can be cancelled', async () => {
  await page.getByLabel('Limit price').fill('1');
  await page.getByRole('button', { name: 'Buy AAPL' }).click();
  const order = page.getByRole('row', { name: 'Buy 100 AAPL at 1.00' });
  await order.getByText('Working').waitFor();
  await order.getByRole('button', { name: 'Cancel' }).click();
  await order.getByText('Cancelled').waitFor();
});

test('a rejected order says what is wrong beside the field, whoever found it', async () => {
  const quantity = page.getByLabel('Quantity');
  const price = page.getByLabel('Limit price');
  const alert = page.getByRole('alert').getByText('One field needs a correction.');

  // The contract's own rule, checked by the gateway.
  await quantity.fill('0');
  await price.fill('1.234');
  await page.keyboard.press('Enter');
  await alert.waitFor();
  expect(await violationOf('Quantity')).toMatch(/1 and .*1000000/);
  expect(await price.getAttribute('aria-invalid')).toBe('false');
  expect(await quantity.evaluate((input) => input === document.activeElement)).toBe(true);

  // The order book's rule.
  await quantity.fill('10');
  await page.keyboard.press('Enter');
  await page.getByText('must be a multiple of the tick, 0.01').waitFor();
  expect(await violationOf('Limit price')).toBe('must be a multiple of the tick, 0.01');
  expect(await quantity.getAttribute('aria-invalid')).toBe('false');

  await price.fill('1.23');
  await page.keyboard.press('Enter');
  await page.getByText(/Order \d+ was accepted\./).waitFor();
  expect(await alert.count()).toBe(0);
});

/** What assistive technology reads after the field. */
async function violationOf(label: string): Promise<string | null> {
  const field = page.getByLabel(label);
  expect(await field.getAttribute('aria-invalid')).toBe('true');
  return page.locator(`[id="${await field.getAttribute('aria-describedby')}"]`).textContent();
}

test('any other refusal says why, and when to try again', async () => {
  await placeAtMarket('GME', '100');
  const refusal = page.getByRole('alert');
  await refusal.getByText('GME does not trade now').waitFor();
  expect(await refusal.innerText()).toMatch(
    /^Not possible at the moment\s+GME does not trade now\s+TRADING_HALTED\s+symbol: GME\s+Try again in \d+ s\.\s+Reference /,
  );
});

test('both backends die and come back, and the screen heals without a reload', async () => {
  await page.evaluate(() => document.body.setAttribute('data-same-page', 'yes'));
  const { market, orders } = backends;
  await Promise.all([market.child.kill(), orders.child.kill()]);
  const away = page.getByText('The service is away. Reconnecting …');
  await away.nth(1).waitFor();

  await page.getByText('Market', { exact: true }).click();
  await page.getByRole('button', { name: 'Buy AAPL' }).click();
  await page.getByText('We do not know whether your order arrived').waitFor();

  const revived = await Promise.all([
    BackendProcess.start('market', market.port),
    BackendProcess.start('orders', orders.port),
  ]);
  try {
    await page.getByText('Your order did not arrive').waitFor();
    await page.getByText('Live', { exact: true }).nth(1).waitFor();
    await bidToMove('AAPL');
    await page.getByRole('button', { name: 'Buy AAPL' }).click();
    const order = page.getByRole('row', { name: 'Buy 100 AAPL at market' });
    await order.getByText('Filled', { exact: true }).waitFor();
    await page.getByRole('log').getByText('complete').waitFor();
    expect(await away.count()).toBe(0);
    expect(await page.locator('body').getAttribute('data-same-page')).toBe('yes');
  } finally {
    await Promise.all(revived.map(({ child }) => child.stop()));
  }
});
