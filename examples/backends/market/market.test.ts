import { expect, test } from 'vitest';
import { LISTINGS } from './instruments.ts';
import { Market } from './market.ts';

const NOW = Date.UTC(2026, 5, 1, 15);
const market = new Market({ seed: 1, stepMs: 250 });

test('there are 50 instruments, ordered by symbol', () => {
  const symbols = [...LISTINGS.keys()];
  expect(symbols).toHaveLength(50);
  expect(symbols).toEqual([...symbols].sort());
});

test.each([...LISTINGS.keys()])('%s has a sound quote', (symbol) => {
  const quote = market.quoteAt(symbol, NOW);
  expect(quote.bid).toBeGreaterThan(0);
  expect(quote.ask).toBeGreaterThan(quote.bid);
  expect(quote.bid * 100).toBeCloseTo(Math.round(quote.bid * 100), 6);
  expect(quote.sequence).toBeGreaterThan(2n ** 53n);
  expect(quote.quotedAtMs).toBeLessThanOrEqual(NOW);
  expect(Math.abs(quote.changeBps)).toBeLessThan(2_000);
});

test('the sequence grows by one with each step', () => {
  const step = market.stepAt('AAPL', NOW);
  const sequences = [0, 1, 2].map((more) => market.quoteOfStep('AAPL', step + more).sequence);
  expect(sequences.map((sequence) => sequence - (sequences[0] ?? 0n))).toEqual([0n, 1n, 2n]);
});

test.each([
  ['AAPL', 'TRADING_STATE_OPEN', true],
  ['GME', 'TRADING_STATE_HALTED', false],
  ['T', 'TRADING_STATE_CLOSED', false],
])('%s is in %s', (symbol, state, traded) => {
  const quote = market.quoteAt(symbol, NOW);
  expect(quote.state).toBe(state);
  expect(quote.last !== undefined).toBe(traded);
});
