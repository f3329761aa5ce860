import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromJson, type JsonValue, toBinary } from '@bufbuild/protobuf';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadContracts } from '../contract/load-contracts.ts';
import type { ContractSnapshot } from '../contract/snapshot.ts';
import type { WeirError } from '../errors.ts';
import { requireSoundRules } from './require-sound-rules.ts';

const folder = mkdtempSync(join(tmpdir(), 'weir-rules-'));

afterAll(() => rmSync(folder, { recursive: true }));

async function load(messages: string): Promise<ContractSnapshot> {
  writeFileSync(
    join(folder, 'desk.proto'),
    `syntax = "proto3";
    package desk.v1;
    import "buf/validate/validate.proto";
    import "google/protobuf/any.proto";
    import "google/protobuf/struct.proto";
    import "google/protobuf/timestamp.proto";
    import "google/protobuf/wrappers.proto";
    service DeskService {
      rpc Put(PutRequest) returns (PutResponse);
      rpc Plain(PlainRequest) returns (PutResponse);
    }
    message PutResponse {}
    message PlainRequest { string name = 1; PlainRequest next = 2; }
    ${messages}`,
  );
  return loadContracts([{ folder }]);
}

let snapshot: ContractSnapshot;

beforeAll(async () => {
  snapshot = await load(`
    message PutRequest {
      option (buf.validate.message).cel = {
        id: "put.dates"
        message: "must end after it begins"
        expression: "this.begins == 0 || this.begins < this.ends"
      };
      string symbol = 1 [(buf.validate.field).string.pattern = "^[A-Z]{0,5}$"];
      uint32 quantity = 2 [(buf.validate.field).uint32 = { gte: 1, lte: 1000000 }];
      repeated Leg legs = 3 [(buf.validate.field).repeated.max_items = 2];
      map<string, Leg> named = 4;
      int64 begins = 5;
      int64 ends = 6;
      oneof side {
        option (buf.validate.oneof).required = true;
        bool buy = 7;
        bool sell = 8;
      }
    }
    message Leg {
      double ratio = 1 [(buf.validate.field).cel = {
        id: "leg.ratio"
        message: "must not be zero"
        expression: "this != 0.0"
      }];
      Leg hedge = 2;
    }`);
});

async function violationsOf(
  path: string,
  json: JsonValue,
): Promise<readonly (readonly [string, string])[]> {
  const input = snapshot.methods.get(path)?.descriptor.input;
  if (input === undefined) throw new Error(`no ${path}`);
  const check = (await requireSoundRules(snapshot)).checkOf(input);
  try {
    check?.(toBinary(input, fromJson(input, json)));
    return [];
  } catch (thrown) {
    const error = thrown as WeirError;
    expect(error.code).toBe('INVALID_ARGUMENT');
    const [detail] = error.details;
    expect(detail?.['@type']).toBe('type.googleapis.com/google.rpc.BadRequest');
    const violations = detail?.fieldViolations as { field: string; description: string }[];
    return violations.map(({ field, description }) => [field, description]);
  }
}

const VALID = { symbol: 'AAPL', quantity: 1, buy: true };

test.each<{ title: string; input: JsonValue; violations: [string, string][] }>([
  { title: 'a valid input', input: VALID, violations: [] },
  {
    title: 'a pattern',
    input: { ...VALID, symbol: 'aapl' },
    violations: [['symbol', 'does not match regex pattern `^[A-Z]{0,5}$`']],
  },
  {
    title: 'a range, on a value that was left out',
    input: { buy: true },
    violations: [
      ['quantity', 'must be greater than or equal to 1 and less than or equal to 1000000'],
    ],
  },
  {
    title: 'the message of a rule of its own, deep in lists and maps',
    input: {
      ...VALID,
      legs: [{ ratio: 1 }, { ratio: 1, hedge: { ratio: 0 } }],
      named: { main: { ratio: 0 } },
    },
    violations: [
      ['legs[1].hedge.ratio', 'must not be zero'],
      ['named["main"].ratio', 'must not be zero'],
    ],
  },
  {
    title: 'a list that is too long',
    input: { ...VALID, legs: [{ ratio: 1 }, { ratio: 1 }, { ratio: 1 }] },
    violations: [['legs', 'must contain no more than 2 item(s)']],
  },
  {
    title: 'a rule over several fields',
    input: { ...VALID, begins: '2', ends: '1' },
    violations: [['', 'must end after it begins']],
  },
  {
    title: 'a oneof with nothing in it',
    input: { symbol: 'AAPL', quantity: 1 },
    violations: [['side', 'exactly one field is required in oneof']],
  },
])('$title', async ({ input, violations }) => {
  expect(await violationsOf('desk.v1.deskService.put', input)).toEqual(violations);
});

test('an input without rules is not looked at', async () => {
  const plain = snapshot.methods.get('desk.v1.deskService.plain');
  if (plain === undefined) throw new Error('no method');
  expect((await requireSoundRules(snapshot)).checkOf(plain.descriptor.input)).toBeUndefined();
});

const BROKEN = '[(buf.validate.field).cel = {id: "x" expression: "this.size( > 3"}]';
const HELD = `message Held { string s = 1 ${BROKEN}; }`;

test.each([
  ['of a field', `message PutRequest { string s = 1 ${BROKEN}; }`],
  ['of a field that may be absent', `message PutRequest { optional string s = 1 ${BROKEN}; }`],
  ['of a message within', `message PutRequest { Held held = 1; } ${HELD}`],
  ['of messages in a list', `message PutRequest { repeated Held held = 1; } ${HELD}`],
  ['of messages in a map', `message PutRequest { map<string, Held> held = 1; } ${HELD}`],
  ['of a member', `message PutRequest { oneof o { int32 i = 1; Held held = 2; } } ${HELD}`],
  [
    'of a message that holds itself',
    `message PutRequest { PutRequest r = 1; Held held = 2; } ${HELD}`,
  ],
  [
    'of items',
    'message PutRequest { repeated string s = 1 [(buf.validate.field).repeated.items.cel = {id: "x" expression: "this >"}]; }',
  ],
  [
    'of keys',
    'message PutRequest { map<int64, bool> s = 1 [(buf.validate.field).map.keys.cel = {id: "x" expression: "this >"}]; }',
  ],
  [
    'of a pattern',
    'message PutRequest { string s = 1 [(buf.validate.field).string.pattern = "(["]; }',
  ],
  [
    'that asks for a field that is not there',
    'message PutRequest { option (buf.validate.message).cel = {id: "x" expression: "this.no > 1"}; int32 n = 1; }',
  ],
])('a rule that cannot work is reported before the gateway serves: %s', async (_, messages) => {
  const broken = await load(messages);
  await expect(requireSoundRules(broken)).rejects.toThrow('The contracts have broken rules:');
});

test('every kind of field can have rules', async () => {
  const sound = await load(`
    message PutRequest {
      string s = 1 [(buf.validate.field).string.min_len = 1];
      google.protobuf.StringValue wrapped = 2 [(buf.validate.field).string.min_len = 1];
      google.protobuf.Struct struct = 3 [(buf.validate.field).required = true];
      google.protobuf.Value value = 4 [(buf.validate.field).required = true];
      google.protobuf.Timestamp time = 5 [(buf.validate.field).timestamp.gt = {seconds: 1}];
      google.protobuf.Any any = 6 [(buf.validate.field).any.in = "a/b"];
      google.protobuf.NullValue nothing = 7 [(buf.validate.field).enum.defined_only = true];
      repeated google.protobuf.NullValue nothings = 8;
      repeated google.protobuf.Int64Value wrappers = 9 [(buf.validate.field).repeated.min_items = 1];
      map<uint64, google.protobuf.ListValue> lists = 10 [(buf.validate.field).map.min_pairs = 1];
      map<bool, bytes> raw = 11 [(buf.validate.field).map.values.bytes.len = 2];
      optional int64 long = 12 [(buf.validate.field).int64.gt = 1];
      oneof o { double d = 13 [(buf.validate.field).double.finite = true]; PutRequest r = 14; }
    }`);
  await requireSoundRules(sound);
});

test('a rule that some values fail is none of those', async () => {
  const sound = await load(`
    message PutRequest {
      int32 n = 1 [(buf.validate.field).cel = {id: "x" expression: "10 / this > 1"}];
    }`);
  await requireSoundRules(sound);
});
