import { createRegistry, type DescMessage } from '@bufbuild/protobuf';
import { DurationSchema, StructSchema, TimestampSchema, TypeSchema } from '@bufbuild/protobuf/wkt';
import { createTranscoder } from './transcoder.ts';

/** Together they have strings, numbers, enums, lists, maps, oneofs and messages in messages. */
const MESSAGES: readonly (readonly [DescMessage, unknown])[] = [
  [TimestampSchema, '2026-01-31T14:30:00.5Z'],
  [DurationSchema, '1.5s'],
  [StructSchema, { text: 'é', number: 1.5, list: [true, null], object: { key: '"' } }],
  [
    TypeSchema,
    {
      name: 'Warm',
      oneofs: ['a', 'b'],
      fields: [{ kind: 'TYPE_STRING', number: 1, packed: true, jsonName: 'warm' }],
      sourceContext: { fileName: 'warm.proto' },
      syntax: 'SYNTAX_PROTO3',
    },
  ],
];

/**
 * Compiles a few types that every process has and translates a message of each in both directions. The compiler's
 * own code is compiled by V8 when it first runs, which would else be part of the first caller's latency.
 */
export function warmUpTranscoder(): void {
  const transcoder = createTranscoder(createRegistry(...MESSAGES.map(([type]) => type)));
  for (const [type, json] of MESSAGES) {
    const codec = transcoder.codec(type);
    codec.decode(codec.encode(json));
  }
}
