import { expect, test } from 'vitest';
import { ManualClock } from '../server/manual-clock.ts';
import { Market } from './market.ts';
import { watchQuotes } from './watch-quotes.ts';

const NOW = Date.UTC(2026, 5, 1, 15);
const DAY = 86_400_000;

function watch(symbols: readonly string[], minIntervalMs: number) {
  const clock = new ManualClock(NOW);
  const market = new Market({ seed: 1, stepMs: 250 });
  const stop = new AbortController();
  const quotes = watchQuotes(market, clock, { symbols, minIntervalMs }, stop.signal);
  return { clock, stop, quotes, next: async () => (await quotes.next()).value };
}

test('each symbol at once, named twice or not', async () => {
  const { next } = watch(['AAPL', 'GME', 'AAPL'], 0);
  expect([await next(), await next()].map((quote) => quote?.symbol)).toEqual(['AAPL', 'GME']);
});

test('a reader who fell behind gets every change in order', async () => {
  const { clock, next } = watch(['AAPL'], 0);
  const first = await next();
  const second = next();
  clock.advance(10_000);
  const later = [await second, await next(), await next()];
  expect(later.map((quote) => (quote?.sequence ?? 0n) - (first?.sequence ?? 0n))).toEqual([
    1n,
    2n,
    3n,
  ]);
});

test('with a smallest interval the newest is enough', async () => {
  const { clock, next } = watch(['AAPL'], 1_000);
  const first = await next();
  const second = next();
  clock.advance(10_000);
  expect(((await second)?.quotedAtMs ?? 0) - (first?.quotedAtMs ?? 0)).toBe(10_000);
});

test('the signal ends it while nothing changes', async () => {
  const { clock, stop, next } = watch(['GME'], 0);
  await next();
  const waiting = next();
  stop.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  clock.advance(DAY);
});
