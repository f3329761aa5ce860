import { expect, test } from 'vitest';
import { WeirError } from '../errors.ts';
import { CallNotes } from '../telemetry/call-notes.ts';
import { describeSlowCall } from './describe-slow-call.ts';

test('tells where the time of a call went', () => {
  const notes = new CallNotes();
  notes.attempts = [
    { endpoint: '10.0.0.1:50051', startedAt: 1_000.5, endedAt: 1_300, code: 'UNAVAILABLE' },
    { endpoint: '10.0.0.2:50051', startedAt: 1_310, endedAt: 2_200, code: undefined },
  ];
  notes.events = [{ name: 'retry', at: 1_305, attributes: { 'weir.wait_ms': 5 } }];
  const method = { path: 'market.v1.quoteService.getQuote' };
  const text = describeSlowCall({
    call: { method },
    notes,
    startedAt: 1_000,
    durationMs: 1_201,
    error: undefined,
  });
  expect(text).toBe(
    [
      'market.v1.quoteService.getQuote: 1201.0 ms, OK',
      '├ +0.5 ms attempt 1 at 10.0.0.1:50051: 299.5 ms, UNAVAILABLE',
      '├ +305.0 ms retry weir.wait_ms=5',
      '└ +310.0 ms attempt 2 at 10.0.0.2:50051: 890.0 ms, OK',
    ].join('\n'),
  );
});

test('of a call that reached nobody there is one line', () => {
  const text = describeSlowCall({
    call: { method: { path: 'a.b' } },
    notes: new CallNotes(),
    startedAt: 0,
    durationMs: 5,
    error: new WeirError('INVALID_ARGUMENT', 'No.'),
  });
  expect(text).toBe('a.b: 5.0 ms, INVALID_ARGUMENT');
});
