import { type Operation, TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { resubscribeLink } from './resubscribe-link.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const AWAY = failWith('UNAVAILABLE');
const FORBIDDEN = failWith('PERMISSION_DENIED');

function failWith(code: string): TRPCClientError<AnyTRPCRouter> {
  const data = { grpc: { code, message: code, details: [] } };
  return new TRPCClientError(code, { result: { error: { code: -32603, message: code, data } } });
}

/** Subscribes through the link; each attempt plays the next script: messages, then an error or the end. */
function subscribe(
  scripts: (string | Error | undefined)[][],
  type: Operation['type'] = 'subscription',
) {
  const inputs: unknown[] = [];
  const heard: unknown[] = [];
  const delays: number[] = [];
  const link = resubscribeLink<AnyTRPCRouter>((attempt) => {
    delays.push(attempt);
    return 1_000;
  });
  const op = {
    id: 1,
    type,
    path: 'watch',
    input: { a: 1 },
    context: {},
    signal: null,
  } as Operation;
  const subscription = link({})({
    op,
    next: ({ input }) =>
      observable((observer) => {
        inputs.push(input);
        for (const step of scripts.shift() ?? []) {
          if (step instanceof TRPCClientError) observer.error(step);
          else if (typeof step === 'string')
            observer.next({ result: { type: 'data', data: step, id: step } });
          else observer.complete();
        }
      }),
  }).subscribe({
    next: ({ result }) =>
      heard.push('data' in result ? result.data : 'state' in result && result.state),
    error: (error) => heard.push(error),
    complete: () => heard.push('complete'),
  });
  return { inputs, heard, delays, subscription };
}

test('the last event goes into the input of the next attempt', () => {
  const { inputs, heard } = subscribe([
    ['1', '2', AWAY],
    ['3', undefined],
  ]);
  expect(heard).toEqual(['1', '2', 'connecting']);
  vi.advanceTimersByTime(1_000);
  expect(heard).toEqual(['1', '2', 'connecting', '3', 'complete']);
  expect(inputs).toEqual([{ a: 1 }, { a: 1, lastEventId: '2' }]);
});

test('a message proves the backend well, so the wait starts small again', () => {
  const { delays } = subscribe([[AWAY], [AWAY], [AWAY], ['1', AWAY], [AWAY], []]);
  vi.advanceTimersByTime(10_000);
  expect(delays).toEqual([0, 1, 2, 0, 1]);
});

test('who stops while waiting is not subscribed again', () => {
  const { inputs, subscription } = subscribe([[AWAY], ['1']]);
  subscription.unsubscribe();
  vi.advanceTimersByTime(60_000);
  expect(inputs).toHaveLength(1);
});

test.each([
  { title: 'any other error', error: FORBIDDEN, type: 'subscription' },
  { title: 'a query', error: AWAY, type: 'query' },
  { title: 'a mutation', error: AWAY, type: 'mutation' },
] as const)('$title passes', ({ error, type }) => {
  const { heard, inputs } = subscribe([[error], ['1']], type);
  vi.advanceTimersByTime(60_000);
  expect(heard).toEqual([error]);
  expect(inputs).toHaveLength(1);
});
