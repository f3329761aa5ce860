import { type Browser, chromium } from 'playwright-core';

/** Debian's own, which `scripts/setup.mjs --test` installs. */
const CHROMIUM = '/usr/bin/chromium';

/** A real Chromium without a window; it talks to nobody but the page's own origin. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      '--headless',
      // Containers run as root, where Chromium refuses its sandbox.
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
