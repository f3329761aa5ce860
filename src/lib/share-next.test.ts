import { expect, test } from 'vitest';
import { shareNext } from './share-next.ts';

/** Answers when told, each with its number. */
function slowAnswers() {
  const asked: ((fault?: Error) => void)[] = [];
  const ask = shareNext(() => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const number = asked.length + 1;
    asked.push((fault) => (fault === undefined ? resolve(number) : reject(fault)));
    return promise;
  });
  return { asked, ask };
}

const settled = () => new Promise(setImmediate);

test('who asks meanwhile gets the next answer, together with all others', async () => {
  const { asked, ask } = slowAnswers();
  const first = ask();
  await settled();
  const others = Array.from({ length: 100 }, () => ask());
  await settled();
  expect(asked).toHaveLength(1);
  asked[0]?.();
  expect(await first).toBe(1);
  await settled();
  asked[1]?.();
  expect(new Set(await Promise.all(others))).toEqual(new Set([2]));
  expect(asked).toHaveLength(2);
});

test('a failure is that of those who wait for it, and not of the next', async () => {
  const { asked, ask } = slowAnswers();
  const first = ask();
  await settled();
  const second = ask();
  asked[0]?.(new Error('no'));
  await expect(first).rejects.toThrow('no');
  await settled();
  asked[1]?.();
  expect(await second).toBe(2);
});
