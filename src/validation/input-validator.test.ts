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

test('a rule that does not compile is reported before the gateway serves', async () => {
  const broken = await load(`
    message PutRequest {
      string symbol = 1 [(buf.validate.field).cel = {
        id: "symbol"
        expression: "this.size( > 3"
      }];
    }`);
  await expect(requireSoundRules(broken)).rejects.toThrow(
    expect.objectContaining({
      message: expect.stringContaining('The contracts have broken rules:'),
    }),
  );
});
