import fc from 'fast-check';
import type { RawRequest } from './raw-http.ts';

const KNOWN = [
  'sample.v1.echo.get',
  'sample.v1.echo.put',
  'sample.v1.fail.get',
  'sample.v1.fail.put',
  'sample.v1.crash.get',
  'sample.v1.headers.get',
  'sample.v1.slow.get',
  'sample.v1.count.watch',
  'sample.v1.tracked.watch',
  'sample.v1.mixed.watch',
  'sample.v1.cut.watch',
  'sample.v1.refused.watch',
];

const procedurePath = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom(...KNOWN) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      '',
      'sample',
      'sample.v1',
      'sample.v1.echo',
      'sample.v1.echo.get.more',
      'Sample.v1.echo.get',
      '__proto__',
      'constructor',
      'toString',
      'hasOwnProperty',
      'sample.v1.__proto__',
      'sample%2ev1.echo.get',
      'sample.v1.echo.get%20',
      'sample.v1.%zz',
      '%2e%2e',
      './sample.v1.echo.get',
      'a/../sample.v1.echo.get',
      'sample.v1.echo.get/',
      '%E0%A4%A',
      'k%C3%A4se',
    ),
  },
);

const inputValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(
    { length: 2 },
    { length: 0 },
    { lastEventId: '1', length: 4 },
    { lastEventId: 7 },
    { code: 'RESOURCE_EXHAUSTED' },
    { code: 'UNAVAILABLE' },
    { code: 'UNIMPLEMENTED' },
    { code: 'CANCELLED' },
  ),
);

const prototypeInput = fc.constantFrom(
  '{"__proto__":{"polluted":1}}',
  '{"0":{"__proto__":1},"__proto__":{"1":2}}',
  '{"constructor":{"prototype":1}}',
  '{"a":1,"a":2}',
);

const malformed = fc.constantFrom(
  '{',
  '}',
  '{"a":',
  '[1,',
  'undefined',
  "{'a':1}",
  'NaN',
  '"\\ud8"',
  '\u0000',
  ' ',
);

const inputText = fc.oneof(
  { weight: 6, arbitrary: inputValue.map((value) => JSON.stringify(value)) },
  {
    weight: 6,
    arbitrary: fc
      .dictionary(fc.constantFrom('0', '1', '2', '3', '-1', '00', 'x'), inputValue)
      .map((record) => JSON.stringify(record)),
  },
  { weight: 2, arbitrary: prototypeInput },
  { weight: 2, arbitrary: malformed },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 900, max: 1_100 }).map((n) => JSON.stringify('é'.repeat(n / 2))),
  },
);

const batchParameter = fc.oneof(
  { weight: 5, arbitrary: fc.constant('') },
  { weight: 5, arbitrary: fc.constant('batch=1') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'batch=0',
      'batch',
      'batch=1&batch=0',
      'batch=0&batch=1',
      'b%61tch=1',
      'batch=%31',
    ),
  },
);

const inputParameter = fc.oneof(
  { weight: 2, arbitrary: fc.constant('') },
  { weight: 5, arbitrary: inputText.map((text) => `input=${encodeURIComponent(text)}`) },
  {
    weight: 1,
    arbitrary: inputText.map(
      (text) => `input=${encodeURIComponent(text).replaceAll('%20', '+')}&input=2`,
    ),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'input=',
      'input',
      'input=%22%zz%22',
      'input=%',
      '=',
      '&&',
      'INPUT=1',
    ),
  },
);

const otherParameter = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      'connectionParams=%7B%22token%22%3A%22a%22%7D',
      'connectionParams=%7B%22token%22%3A1%7D',
      'connectionParams=null',
      'connectionParams=',
      'connectionParams=%7B',
      'lastEventId=1',
      'lastEventId=',
      'Last-Event-Id=2',
      'lastEventId=1&Last-Event-Id=2',
    ),
  },
);

const headers = fc
  .record({
    contentType: fc.oneof(
      { weight: 6, arbitrary: fc.constant('application/json') },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          undefined,
          'application/json; charset=utf-8',
          'Application/JSON',
          'text/plain',
          'application/jsonx',
          '',
        ),
      },
    ),
    accept: fc.oneof(
      { weight: 8, arbitrary: fc.constant({}) },
      {
        weight: 1,
        arbitrary: fc.constantFrom<Record<string, string>>(
          { 'trpc-accept': 'application/jsonl' },
          { 'trpc-accept': 'application/json', accept: 'application/jsonl' },
          { accept: 'text/html, application/jsonl' },
          { accept: 'application/jsonl;q=1' },
          { 'last-event-id': '1' },
          { 'last-event-id': '' },
        ),
      },
    ),
  })
  .map(
    ({ contentType, accept }): Record<string, string> => ({
      ...accept,
      ...(contentType === undefined ? undefined : { 'content-type': contentType }),
    }),
  );

const method = fc.oneof(
  { weight: 8, arbitrary: fc.constant('GET') },
  { weight: 6, arbitrary: fc.constant('POST') },
  { weight: 1, arbitrary: fc.constantFrom('PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS') },
);

/** Requests good and bad: paths, methods, encodings, malformed JSON, batches of every mix, prototype keys. */
export const generatedRequest: fc.Arbitrary<RawRequest> = fc
  .record({
    method,
    headers,
    paths: fc.oneof(
      { weight: 4, arbitrary: fc.array(procedurePath, { minLength: 1, maxLength: 1 }) },
      { weight: 4, arbitrary: fc.array(procedurePath, { minLength: 2, maxLength: 12 }) },
      // Batches that pass: procedures of one type.
      {
        weight: 4,
        arbitrary: fc.array(
          fc.constantFrom(
            'sample.v1.echo.get',
            'sample.v1.fail.get',
            'sample.v1.headers.get',
            'nothing',
          ),
          {
            minLength: 1,
            maxLength: 6,
          },
        ),
      },
    ),
    parameters: fc.tuple(batchParameter, inputParameter, otherParameter),
    body: fc.option(inputText, { nil: undefined }),
  })
  .map(({ method, headers, paths, parameters, body }) => {
    const query = parameters.filter((parameter) => parameter !== '').join('&');
    const carriesBody = method !== 'GET' && method !== 'HEAD';
    return {
      method,
      path: `/trpc/${paths.join(',')}${query === '' ? '' : `?${query}`}`,
      headers,
      body: carriesBody ? body : undefined,
    };
  });
