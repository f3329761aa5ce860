import { expect, test } from 'vitest';
import { WeirError } from '../errors.ts';
import { Cancellation } from '../lib/cancellation.ts';
import { Flight } from './flight.ts';

const LEFT = new WeirError('CANCELLED', 'The caller closed the connection.');

function createSubject() {
  const calls: Cancellation[] = [];
  const flight = new Flight<string>((cancellation) => {
    calls.push(cancellation);
    return new Promise((_, reject) => cancellation.onCancel(reject));
  }, false);
  return { flight, calls };
}

test.each([
  ['already', true],
  ['later', false],
])('the call of a passenger who left %s is cancelled, and says why', async (_, already) => {
  const { flight, calls } = createSubject();
  const passenger = new Cancellation();
  if (already) passenger.cancel(LEFT);
  const joined = flight.join(passenger, performance.now() + 60_000);
  passenger.cancel(LEFT);
  await expect(joined).rejects.toBe(LEFT);
  expect(calls.map(({ cancelled }) => cancelled)).toEqual([true]);
  expect(flight.joinable).toBe(false);
});

test('a passenger who left before he came ends nothing for the others', async () => {
  const { flight, calls } = createSubject();
  const staying = flight.join(new Cancellation());
  const gone = new Cancellation();
  gone.cancel(LEFT);
  await expect(flight.join(gone)).rejects.toBe(LEFT);
  expect(calls.map(({ cancelled }) => cancelled)).toEqual([false]);
  expect(flight.joinable).toBe(true);
  calls[0]?.cancel(LEFT);
  await expect(staying).rejects.toBe(LEFT);
});
