import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadContracts } from './load-contracts.ts';

const root = mkdtempSync(join(tmpdir(), 'weir-policy-test-'));
afterAll(() => rmSync(root, { recursive: true }));

const READ = 'NO_SIDE_EFFECTS';
const REPEATABLE = 'IDEMPOTENT';
const ORDER = 'IDEMPOTENCY_UNKNOWN';

interface Given {
  readonly idempotency: string;
  /** The method's own options, in text format. */
  readonly options: string;
  readonly defaults?: string;
  readonly returns?: string;
}

let folders = 0;

/** One service with one method for each set of options, so that one compilation does for a whole table. */
async function load(table: readonly Given[]) {
  const folder = join(root, `folder-${folders++}`);
  mkdirSync(folder);
  const services = table.map(
    ({ idempotency, options, defaults = '', returns = 'Quote' }, index) => `
service S${index} {
  option (weir.v1.service) = { defaults: {${defaults}} };
  rpc Get(Quote) returns (${returns}) {
    option idempotency_level = ${idempotency};
    option (weir.v1.method) = {${options}};
  }
}`,
  );
  const head = `syntax = "proto3"; package a.v1; import "weir/v1/options.proto"; import "google/protobuf/any.proto";
message Quote { string symbol = 1; int64 size = 2; google.protobuf.Any extra = 3; }`;
  writeFileSync(join(folder, 'a.proto'), `${head}\n${services.join('\n')}\n`);
  return loadContracts([{ folder }]);
}

describe('what a policy is read as', async () => {
  const given: [string, Given, object][] = [
    [
      'hedging, with its defaults',
      {
        idempotency: READ,
        options: 'hedging: {max_attempts: 2, hedging_delay: {nanos: 50000000}}',
      },
      {
        retry: undefined,
        hedging: { maxAttempts: 2, hedgingDelayMs: 50, nonFatalCodes: ['UNAVAILABLE'] },
      },
    ],
    [
      "a method's own hedging in the place of its service's retry",
      {
        idempotency: READ,
        options:
          'hedging: {max_attempts: 3, hedging_delay: {seconds: 1}, non_fatal_codes: ["ABORTED"]}',
        defaults: 'retry: {max_attempts: 3}',
      },
      {
        retry: undefined,
        hedging: { maxAttempts: 3, hedgingDelayMs: 1_000, nonFatalCodes: ['ABORTED'] },
      },
    ],
    [
      "a method's own retry in the place of its service's hedging",
      {
        idempotency: READ,
        options: 'retry: {max_attempts: 2}',
        defaults: 'hedging: {max_attempts: 2, hedging_delay: {seconds: 1}}',
      },
      { retry: { maxAttempts: 2 }, hedging: undefined },
    ],
    [
      "a service's hedging and fallback, where neither applies",
      {
        idempotency: REPEATABLE,
        options: '',
        defaults: 'hedging: {max_attempts: 2, hedging_delay: {seconds: 1}} fallback: {json: "{}"}',
      },
      { retry: undefined, hedging: undefined, fallback: undefined },
    ],
    [
      'no pauses of its own',
      { idempotency: READ, options: 'retry: {max_attempts: 2}' },
      { retry: { initialBackoffMs: 25, maxBackoffMs: 250 } },
    ],
    [
      'a first pause above the usual last one',
      { idempotency: READ, options: 'retry: {max_attempts: 3, initial_backoff: {seconds: 1}}' },
      { retry: { initialBackoffMs: 1_000, maxBackoffMs: 10_000 } },
    ],
    [
      'pauses that all are alike',
      {
        idempotency: READ,
        options:
          'retry: {max_attempts: 3, initial_backoff: {seconds: 1}, max_backoff: {seconds: 1}}',
      },
      { retry: { initialBackoffMs: 1_000, maxBackoffMs: 1_000 } },
    ],
    ['no priority', { idempotency: ORDER, options: '' }, { priority: 'default' }],
    [
      'a priority',
      { idempotency: ORDER, options: 'priority: PRIORITY_CRITICAL' },
      { priority: 'critical' },
    ],
    [
      "its service's priority",
      { idempotency: READ, options: '', defaults: 'priority: PRIORITY_BULK' },
      { priority: 'bulk' },
    ],
    [
      "a priority over its service's",
      {
        idempotency: READ,
        options: 'priority: PRIORITY_DEFAULT',
        defaults: 'priority: PRIORITY_BULK',
      },
      { priority: 'default' },
    ],
    [
      'a fallback, encoded as the backend would have sent it',
      { idempotency: READ, options: `fallback: {json: '{"symbol": "A", "size": "1"}'}` },
      {
        fallback: {
          json: '{"symbol": "A", "size": "1"}',
          message: new Uint8Array([0x0a, 1, 0x41, 0x10, 1]),
          codes: ['UNAVAILABLE', 'DEADLINE_EXCEEDED'],
        },
      },
    ],
    [
      'a fallback for some failures, with a message of its own contract in an Any',
      {
        idempotency: READ,
        options: `fallback: {json: '{"extra": {"@type": "type.googleapis.com/a.v1.Quote"}}', codes: ["INTERNAL"]}`,
      },
      { fallback: { codes: ['INTERNAL'] } },
    ],
  ];
  const { methods } = await load(given.map(([, each]) => each));

  test.each(given.map(([name, , expected], index) => [name, index, expected] as const))(
    '%s',
    (_, index, expected) => {
      expect(methods.get(`a.v1.s${index}.get`)?.policy).toMatchObject(expected);
    },
  );
});

describe('what is refused, and why', async () => {
  const hedging = 'hedging: {max_attempts: 2, hedging_delay: {seconds: 1}}';
  const given: [string, Given, string][] = [
    [
      'hedged orders',
      { idempotency: ORDER, options: hedging },
      'has `hedging`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be sent to several endpoints.',
    ],
    [
      'hedged writes, even those that may be repeated',
      { idempotency: REPEATABLE, options: hedging },
      'has `hedging`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be sent to several endpoints.',
    ],
    [
      'hedged streams',
      { idempotency: READ, options: hedging, returns: 'stream Quote' },
      'has `hedging`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be sent to several endpoints.',
    ],
    [
      'a role without a name',
      { idempotency: READ, options: 'access: {roles: {names: ["trader", ""]}}' },
      'has a name of nothing in `access.roles`; leave it out.',
    ],
    [
      'a stale time below zero',
      {
        idempotency: READ,
        options: 'cache: {ttl: {seconds: 1}, stale_while_error: {seconds: -1}}',
      },
      'has a negative stale time in `cache`; give zero or more, or leave it out.',
    ],
    [
      'hedging and retry together',
      { idempotency: READ, options: `${hedging} retry: {max_attempts: 2}` },
      'has `retry` and `hedging`; gRFC A6 allows one of them, so leave the other out.',
    ],
    [
      "hedging and retry together, by its service's defaults",
      { idempotency: READ, options: '', defaults: `${hedging} retry: {max_attempts: 2}` },
      'has `retry` and `hedging`; gRFC A6 allows one of them, so leave the other out.',
    ],
    [
      'hedging of one attempt',
      { idempotency: READ, options: 'hedging: {max_attempts: 1, hedging_delay: {seconds: 1}}' },
      'has `hedging.max_attempts` 1; allowed are 2 to 5.',
    ],
    [
      'hedging without a delay',
      { idempotency: READ, options: 'hedging: {max_attempts: 2}' },
      'has `hedging` without `hedging_delay`, such as {nanos: 50000000}, so every call would be sent several times at once.',
    ],
    [
      'a hedging code that is no status',
      {
        idempotency: READ,
        options:
          'hedging: {max_attempts: 2, hedging_delay: {seconds: 1}, non_fatal_codes: ["OOPS"]}',
      },
      'has `hedging.non_fatal_codes` "OOPS", which is no gRPC status such as UNAVAILABLE.',
    ],
    [
      'a fallback of an order',
      { idempotency: ORDER, options: 'fallback: {json: "{}"}' },
      'has `fallback`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be answered without the backend.',
    ],
    [
      'a fallback of a stream',
      { idempotency: READ, options: 'fallback: {json: "{}"}', returns: 'stream Quote' },
      'has `fallback`, but only unary methods with `idempotency_level = NO_SIDE_EFFECTS` may be answered without the backend.',
    ],
    [
      'a fallback without an answer',
      { idempotency: READ, options: 'fallback: {}' },
      'has `fallback` without `json`, such as "{}".',
    ],
    [
      'a fallback that is no JSON',
      { idempotency: READ, options: 'fallback: {json: "{"}' },
      'has `fallback.json`, which is no a.v1.Quote: ',
    ],
    [
      'a fallback with a field that the answer does not have',
      { idempotency: READ, options: `fallback: {json: '{"price": 1}'}` },
      'has `fallback.json`, which is no a.v1.Quote: cannot decode message a.v1.Quote from JSON: key "price" is unknown',
    ],
    [
      'a fallback with a value of another type',
      { idempotency: READ, options: `fallback: {json: '{"size": "much"}'}` },
      'has `fallback.json`, which is no a.v1.Quote: ',
    ],
    [
      'a fallback code that is no status',
      { idempotency: READ, options: 'fallback: {json: "{}", codes: ["OOPS"]}' },
      'has `fallback.codes` "OOPS", which is no gRPC status such as UNAVAILABLE.',
    ],
  ];
  const error = await load(given.map(([, each]) => each)).catch((thrown: unknown) => thrown);
  const lines = String(error).split('\n');

  test.each(given.map(([name, , problem], index) => [name, index, problem] as const))(
    '%s',
    (_, index, problem) => {
      const own = lines.filter((line) => line.includes(`a.v1.S${index}.Get `));
      expect(own).toHaveLength(1);
      expect(own[0]).toContain(`a.v1.S${index}.Get ${problem}`);
    },
  );
});
