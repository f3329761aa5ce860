import { expect, test } from 'vitest';
import type { ExpositionFormat } from '../../telemetry/metrics/exposition.ts';
import { sharePages } from './share-pages.ts';

/** Pages that are made when told, each with its number. */
function slowMetrics() {
  const making: { readonly format: string; done(fault?: Error): void }[] = [];
  const page = (format: ExpositionFormat) =>
    new Promise<string>((resolve, reject) => {
      const made = making.length + 1;
      making.push({
        format,
        done: (fault) => (fault === undefined ? resolve(`page ${made}`) : reject(fault)),
      });
    });
  return { making, shared: sharePages({ page }) };
}

const settled = () => new Promise(setImmediate);

test('who asks while a page is made gets the next one, together with all others', async () => {
  const { making, shared } = slowMetrics();
  const first = shared.page('text');
  await settled();
  const others = Array.from({ length: 100 }, () => shared.page('text'));
  await settled();
  expect(making).toHaveLength(1);
  making[0]?.done();
  expect(await first).toBe('page 1');
  await settled();
  making[1]?.done();
  expect(new Set(await Promise.all(others))).toEqual(new Set(['page 2']));
  expect(making).toHaveLength(2);
});

test('each format has its page, one after the other', async () => {
  const { making, shared } = slowMetrics();
  const pages = [shared.page('text'), shared.page('openMetrics')];
  await settled();
  expect(making.map(({ format }) => format)).toEqual(['text']);
  making[0]?.done();
  await settled();
  making[1]?.done();
  expect(await Promise.all(pages)).toEqual(['page 1', 'page 2']);
  expect(making.map(({ format }) => format)).toEqual(['text', 'openMetrics']);
});

test('a page that fails fails for those who wait for it, and not for the next', async () => {
  const { making, shared } = slowMetrics();
  const first = shared.page('text');
  await settled();
  const second = shared.page('text');
  making[0]?.done(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settled();
  making[1]?.done();
  expect(await second).toBe('page 2');
});
