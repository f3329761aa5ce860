import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { hashPassword } from '../../src/auth/issuer/password-hash.ts';
import { type Backends, startBackends } from '../support/backends.ts';
import { launchBrowser } from '../support/browser.ts';
import { buildScreen } from '../support/build-screen.ts';
import { type GatewayProcess, startGateway } from '../support/gateway.ts';

// A browser, a gateway and two backends may have to share one busy core.
vi.setConfig({ testTimeout: 90_000, hookTimeout: 120_000 });

const PASSWORD = 'correct horse';
const built = mkdtempSync(join(tmpdir(), 'weir-screen-'));
let backends: Backends;
let gateway: GatewayProcess;
let browser: Browser;
let context: BrowserContext;
let page: Page;
let faults: string[];

beforeAll(async () => {
  buildScreen(built);
  [backends, browser] = await Promise.all([startBackends(), launchBrowser()]);
  const passwordHash = await hashPassword(PASSWORD);
  gateway = await startGateway(backends, {
    assets: [{ path: '/', folder: built }],
    auth: {
      mode: 'on',
      builtIn: {
        // Two renewals within the test that waits for one.
        accessTokenTtl: '5s',
        users: [
          { name: 'ada', passwordHash, roles: ['trader'] },
          { name: 'vera', passwordHash, roles: ['viewer'] },
        ],
      },
    },
  });
});

afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
  await backends?.stop();
  rmSync(built, { recursive: true });
});

beforeEach(async () => {
  faults = [];
  context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  page = await context.newPage();
  page.setDefaultTimeout(30_000);
  page.on('pageerror', (error) => faults.push(error.message));
  await page.goto(gateway.url);
  await page.getByText('Live', { exact: true }).first().waitFor();
});

afterEach(async () => {
  await context.close();
  expect(faults).toEqual([]);
});

async function signIn(name: string, password = PASSWORD): Promise<void> {
  await page.getByRole('button', { name: 'Sign in' }).first().click();
  await page.getByLabel('User name').fill(name);
  await page.getByLabel('Password').fill(password);
  await page.keyboard.press('Enter');
}

const quotesMove = async () => {
  const bid = page.locator('tr[data-symbol="AAPL"] td').first();
  const before = await bid.textContent();
  await vi.waitFor(async () => expect(await bid.textContent()).not.toBe(before), {
    timeout: 30_000,
  });
};

test('nobody sees quotes, and is told what signing in would bring', async () => {
  await quotesMove();
  await page.getByText('Sign in as a trader to place orders.').waitFor();
  expect(await page.getByRole('button', { name: 'Buy AAPL' }).count()).toBe(0);
});

test('a viewer is told what a viewer may not do', async () => {
  await signIn('vera');
  await page.getByText('vera may not place orders: that needs the role “trader”.').waitFor();
  await quotesMove();
});

test('a wrong password says so, and not what was wrong about it', async () => {
  await signIn('ada', 'wrong');
  await page.getByRole('alert').getByText('The user name or the password is wrong.').waitFor();
});

test('a trader trades past the end of the first token, through a reload, until signing out', async () => {
  await signIn('ada');
  await page.getByRole('button', { name: 'Buy AAPL' }).waitFor();
  expect(await page.evaluate(() => document.cookie)).not.toMatch(/weir_access|weir_refresh/);
  const renewals: number[] = [];
  page.on('response', (response) => {
    if (response.url().endsWith('/api/v1/auth/refresh')) renewals.push(response.status());
  });
  await vi.waitFor(() => expect(renewals.length).toBeGreaterThanOrEqual(2), { timeout: 30_000 });
  expect(new Set(renewals)).toEqual(new Set([200]));

  await page.getByText('Market', { exact: true }).click();
  await page.getByRole('button', { name: 'Buy AAPL' }).click();
  await page.getByText(/Order \d+ was accepted\./).waitFor();
  await page.getByRole('log').getByText('complete').waitFor();

  await page.reload();
  await page.getByRole('button', { name: 'Buy AAPL' }).waitFor();

  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByText('Sign in as a trader to place orders.').waitFor();
  await quotesMove();
  expect(await context.cookies()).toEqual([]);
});
