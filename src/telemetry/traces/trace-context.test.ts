import { expect, test } from 'vitest';
import { companionsOf, formatTraceparent, parseTraceparent } from './trace-context.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const SPAN = 'b7ad6b7169203331';

test.each([
  [`00-${TRACE}-${SPAN}-01`, true],
  [`00-${TRACE}-${SPAN}-00`, false],
  [`00-${TRACE}-${SPAN}-03`, true],
  [`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
])('%s is read', (header, sampled) => {
  expect(parseTraceparent(header)).toEqual({ traceId: TRACE, spanId: SPAN, sampled });
});

test.each([
  undefined,
  '',
  `ff-${TRACE}-${SPAN}-01`,
  `00-${TRACE}-${SPAN}-01-more`,
  `00-${TRACE}-${SPAN}`,
  `00-${TRACE.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${TRACE}-${'0'.repeat(16)}-01`,
  ` 00-${TRACE}-${SPAN}-01`,
])('%j is ignored', (header) => {
  expect(parseTraceparent(header)).toBeUndefined();
});

test('what is written is what was read', () => {
  const header = `00-${TRACE}-${SPAN}-01`;
  const parent = parseTraceparent(header);
  expect(parent && formatTraceparent(parent)).toBe(header);
});

test.each([
  [
    { baggage: 'a=1', tracestate: 'v=2' },
    [
      ['tracestate', 'v=2'],
      ['baggage', 'a=1'],
    ],
  ],
  [{ baggage: ['a=1', 'b=2'] }, [['baggage', 'a=1,b=2']]],
  [{ baggage: `a=${'x'.repeat(8_192)}` }, []],
  [{ tracestate: `v=${'x'.repeat(512)}` }, []],
  [{ baggage: 'a=\u00e9' }, []],
  [{ baggage: 'a=1\r\nx: y' }, []],
])('of %j goes on %j', (headers, companions) => {
  expect(companionsOf(headers)).toEqual(companions);
});
