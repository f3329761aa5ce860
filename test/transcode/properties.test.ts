import { fromBinary, fromJson, type JsonValue, toBinary, toJson } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MessageCodec } from '../../src/transcode/codec.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { type ContractSpec, contractSpec, type FieldSpec } from './arbitrary-contract.ts';
import { messageJson, wrongJson } from './arbitrary-json.ts';
import { messageBytes } from './arbitrary-wire.ts';
import { buildContract, type Contract } from './build-contract.ts';

const contractAndJson = contractSpec.chain((spec) =>
  fc.record({ spec: fc.constant(spec), text: messageJson(spec), other: messageJson(spec) }),
);

const contractAndBytes = contractSpec.chain((spec) =>
  fc.record({ spec: fc.constant(spec), bytes: messageBytes(spec) }),
);

/** The reference: the same translation through message objects. */
function encodeByReference({ message, registry }: Contract, json: JsonValue): Uint8Array {
  return toBinary(message, fromJson(message, json, { registry }));
}

function decodeByReference(
  { message, registry }: Contract,
  bytes: Uint8Array,
  alwaysEmitImplicit: boolean,
) {
  return toJson(message, fromBinary(message, bytes), { registry, alwaysEmitImplicit });
}

function codecOf(
  { message, registry }: Contract,
  compiles: boolean,
  alwaysEmitImplicit = true,
): MessageCodec {
  return createTranscoder(registry, { compiles, alwaysEmitImplicit }).codec(message);
}

/**
 * JSON as a canonical text: keys sorted, so that the order of a map's entries does not matter, and -0 kept as
 * 0. An extension that is an empty list is left out: the reference prints it where the wire has an empty run.
 */
function canonical(json: unknown): string {
  return JSON.stringify(json, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value)
          .filter(
            ([key, each]) => !(key.startsWith('[p.') && Array.isArray(each) && each.length === 0),
          )
          .sort(([a], [b]) => (a < b ? -1 : 1))
      : value,
  );
}

const NOTHING = {
  key: 'int32',
  packed: false,
  verifiesUtf8: false,
  extends: false,
  hasDefault: false,
  jsonName: undefined,
  gap: 0,
} as const;
const PLAIN = { kind: 'message', delimited: false } as const;
const GROUP = { kind: 'message', delimited: true } as const;

/** Groups that replace a message with groups in it: where both end was once mistaken. */
const FOUND: readonly { spec: ContractSpec; bytes: Uint8Array }[] = [
  {
    spec: {
      syntax: 'proto2',
      features: { implicit: false, delimited: false, expanded: false, closed: false },
      firstEnumNumber: 0,
      fields: [
        { ...NOTHING, shape: 'oneof', value: PLAIN },
        { ...NOTHING, shape: 'oneof', value: GROUP },
      ],
    },
    bytes: Buffer.from([10, 2, 19, 20, 19, 19, 20, 20]),
  },
];

describe.each([
  ['compiled', true],
  ['interpreted', false],
])('%s', (_, compiles) => {
  test('encodes what the reference encodes', () => {
    fc.assert(
      fc.property(contractAndJson, ({ spec, text }) => {
        const contract = buildContract(spec);
        const ours = codecOf(contract, compiles).encode(JSON.parse(text));
        const theirs = encodeByReference(contract, JSON.parse(text));
        expect(canonical(decodeByReference(contract, ours, false))).toBe(
          canonical(decodeByReference(contract, theirs, false)),
        );
        expect(ours.length).toBe(theirs.length);
      }),
      { numRuns: 300 },
    );
  });

  test.each([true, false])(
    'decodes what the reference decodes, implicit fields emitted: %j',
    (always) => {
      fc.assert(
        fc.property(contractAndJson, ({ spec, text, other }) => {
          const contract = buildContract(spec);
          // Two messages one after the other are their merge. That of two Any may be one type with the other's bytes.
          const texts = spec.fields.some(isAny) ? [text] : [text, other];
          const bytes = Buffer.concat(
            texts.map((each) => encodeByReference(contract, JSON.parse(each))),
          );
          // A merge may not be sayable in JSON: a Duration with seconds of one and nanos of the other sign.
          const codec = codecOf(contract, compiles, always);
          expect(orRefused(() => canonical(JSON.parse(codec.decode(bytes))))).toBe(
            orRefused(() => canonical(decodeByReference(contract, bytes, always))),
          );
        }),
        { numRuns: 300 },
      );
    },
  );

  test('decodes what the reference decodes of bytes that any writer may send', () => {
    fc.assert(
      fc.property(contractAndBytes, ({ spec, bytes }) => {
        const contract = buildContract(spec);
        const codec = codecOf(contract, compiles);
        expect(orRefused(() => canonical(JSON.parse(codec.decode(bytes))))).toBe(
          orRefused(() => canonical(decodeByReference(contract, bytes, true))),
        );
      }),
      { numRuns: 2000, examples: FOUND.map((found) => [found]) },
    );
  });

  test('refuses what the reference refuses, and takes what it takes', () => {
    fc.assert(
      fc.property(contractAndJson, fc.nat(), wrongJson, ({ spec, text }, position, wrong) => {
        const contract = buildContract(spec);
        const json: JsonValue = JSON.parse(spoil(text, position, wrong));
        const codec = codecOf(contract, compiles);
        expect(outcome(() => codec.encode(json))).toBe(
          outcome(() => encodeByReference(contract, json)),
        );
      }),
      { numRuns: 1500 },
    );
  });
});

// Only that they refuse: which of two faults is met first is not part of what they promise.
test('compiler and interpreter give the same answer to any bytes', () => {
  fc.assert(
    fc.property(
      contractAndJson,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 }),
      fc.uint8Array({ maxLength: 12 }),
      ({ spec, text }, changes, tail) => {
        const contract = buildContract(spec);
        const bytes = Buffer.concat([encodeByReference(contract, JSON.parse(text)), tail]);
        for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
        expect(orRefused(() => codecOf(contract, true).decode(bytes))).toBe(
          orRefused(() => codecOf(contract, false).decode(bytes)),
        );
      },
    ),
    { numRuns: 1500 },
  );
});

test('compiler and interpreter give the same answer to any JSON', () => {
  fc.assert(
    fc.property(contractAndJson, fc.nat(), wrongJson, ({ spec, text }, position, wrong) => {
      const contract = buildContract(spec);
      const json: unknown = JSON.parse(spoil(text, position, wrong));
      expect(answer(() => Buffer.from(codecOf(contract, true).encode(json)).toString('hex'))).toBe(
        answer(() => Buffer.from(codecOf(contract, false).encode(json)).toString('hex')),
      );
    }),
    { numRuns: 300 },
  );
});

/** Puts another value in place of one of the values in a JSON text, but not of the whole. */
function spoil(text: string, position: number, wrong: string): string {
  let count = -1;
  JSON.parse(text, (_, value: unknown) => {
    count++;
    return value;
  });
  let left = position % Math.max(count, 1);
  const spoilt: unknown = JSON.parse(text, (key, value: unknown) =>
    key !== '' && left-- === 0 ? JSON.parse(wrong) : value,
  );
  return JSON.stringify(spoilt);
}

function isAny({ value }: FieldSpec): boolean {
  return value.kind === 'wellKnown' && value.name === 'Any';
}

function outcome(work: () => unknown): string {
  return orRefused(() => {
    work();
    return 'taken';
  });
}

function orRefused(work: () => string): string {
  try {
    return work();
  } catch {
    return 'refused';
  }
}

function answer(work: () => string): string {
  try {
    return work();
  } catch (error) {
    return String(error);
  }
}
