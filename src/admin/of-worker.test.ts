import { expect, test, vi } from 'vitest';
import { WeirError } from '../errors.ts';
import type { AdminRequest, WorkerRoute } from './admin-route.ts';
import { ofWorker, type RelayTo } from './of-worker.ts';

const route: WorkerRoute = { method: 'GET', path: 'x', answer: () => ({ body: { here: true } }) };

function workers(answer: () => Promise<unknown>) {
  const asked: string[] = [];
  const relay = async (worker: number, name: string) => {
    asked.push(`${name} of ${worker}`);
    return answer();
  };
  return { asked, to: { number: 1, count: 12, relay } as unknown as RelayTo };
}

function request(query: string, signal = new AbortController().signal): AdminRequest {
  const given = { query: new URLSearchParams(query), intend: async () => {}, signal };
  return given as Partial<AdminRequest> as AdminRequest;
}

test.each([
  '',
  '0',
  '13',
  '-1',
  '1.0',
  '1e0',
  '0x1',
  ' 1',
  '1 ',
  '+1',
  '01',
  '1,2',
  'NaN',
  'Infinity',
  'self',
  '__proto__',
  '9'.repeat(400),
  '\u0661',
])('?worker=%j is refused, and nobody is asked', async (worker) => {
  const { asked, to } = workers(async () => ({ body: {} }));
  await expect(
    ofWorker(route, to).answer(request(`worker=${encodeURIComponent(worker)}`)),
  ).rejects.toMatchObject({
    code: 'INVALID_ARGUMENT',
    message: '"worker" must be a whole number from 1 to 12.',
  });
  expect(asked).toEqual([]);
});

test.each([
  ['', { worker: 1, here: true }, []],
  ['worker=1', { worker: 1, here: true }, []],
  ['worker=12', { worker: 12, there: true }, ['relayed of 12']],
  ['worker=2&worker=x', { worker: 2, there: true }, ['relayed of 2']],
])('?%s is answered by that worker', async (query, body, relayed) => {
  const { asked, to } = workers(async () => ({ body: { there: true } }));
  expect(await ofWorker(route, to).answer(request(query))).toEqual({ body });
  expect(asked).toEqual(relayed);
});

test('a worker that does not answer in time is told that nobody waits any more', async () => {
  const { asked, to } = workers(() => Promise.reject(new WeirError('DEADLINE_EXCEEDED', 'late')));
  await expect(ofWorker(route, to).answer(request('worker=2'))).rejects.toThrow('late');
  await vi.waitFor(() => expect(asked).toEqual(['relayed of 2', 'relayedEnd of 2']));
});

test('for an operator who left while it was written down nobody is asked', async () => {
  const { asked, to } = workers(async () => ({ body: {} }));
  const left = AbortSignal.abort();
  await expect(ofWorker(route, to).answer(request('worker=2', left))).rejects.toMatchObject({
    code: 'CANCELLED',
  });
  expect(asked).toEqual([]);
});
