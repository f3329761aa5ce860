// The program under test that the protobuf project's conformance runner starts: it reads requests from
// standard input and answers each on standard output, both with four bytes of length before them.
// https://github.com/protocolbuffers/protobuf/blob/main/conformance/README.md
import { readSync, writeSync } from 'node:fs';
import type { FileRegistry } from '@bufbuild/protobuf';
import { BinaryReader, BinaryWriter } from '@bufbuild/protobuf/wire';
import { createTranscoder } from '../../../src/transcode/transcoder.ts';
import { loadConformanceRegistry } from './registry.ts';

/** Fields of ConformanceRequest and ConformanceResponse (conformance/conformance.proto). */
const WIRE_FORMAT = { PROTOBUF: 1, JSON: 2 };
const RESULT = { parseError: 1, protobuf: 3, json: 4, skipped: 5, serializeError: 6 };
const IGNORES_UNKNOWN_JSON = 3;

const registry: FileRegistry = loadConformanceRegistry(process.argv[3] ?? '');
const transcoder = createTranscoder(registry, {
  alwaysEmitImplicit: false,
  compiles: process.argv[2] === 'compiled',
});

for (;;) {
  const length = readExactly(4);
  if (length === undefined) break;
  const request = readExactly(new DataView(length.buffer, length.byteOffset).getUint32(0, true));
  if (request === undefined) break;
  const response = answer(request);
  const prefix = Buffer.alloc(4);
  prefix.writeUInt32LE(response.length);
  writeExactly(Buffer.concat([prefix, response]));
}

function answer(bytes: Uint8Array): Uint8Array {
  const request = readRequest(bytes);
  if (request.messageType === 'conformance.FailureSet') return respond(RESULT.protobuf, '');
  if (request.category === IGNORES_UNKNOWN_JSON) {
    return respond(RESULT.skipped, 'Weir never ignores unknown JSON fields.');
  }
  const descriptor = registry.getMessage(request.messageType);
  if (descriptor === undefined) return respond(RESULT.skipped, `no ${request.messageType}`);
  const codec = transcoder.codec(descriptor);
  const { json, protobuf, format } = request;
  if (json === undefined && protobuf === undefined) {
    return respond(RESULT.skipped, 'Weir reads JSON and protobuf only.');
  }
  if (format !== WIRE_FORMAT.PROTOBUF && format !== WIRE_FORMAT.JSON) {
    return respond(RESULT.skipped, 'Weir writes JSON and protobuf only.');
  }
  let encoded = protobuf;
  if (encoded === undefined) {
    try {
      encoded = codec.encodeText(json ?? '');
    } catch (error) {
      return respond(RESULT.parseError, String(error));
    }
  }
  let text: string;
  try {
    text = codec.decode(encoded);
  } catch (error) {
    // Reading and writing are one step, so what cannot be written is told apart by the refusal alone.
    const kind = /cannot be said|Timestamp|Duration|Value|Any/.test(String(error))
      ? RESULT.serializeError
      : RESULT.parseError;
    return respond(kind, String(error));
  }
  if (format === WIRE_FORMAT.JSON) return respond(RESULT.json, text);
  return respond(RESULT.protobuf, json === undefined ? codec.encodeText(text) : encoded);
}

interface Request {
  readonly protobuf: Uint8Array | undefined;
  readonly json: string | undefined;
  readonly format: number;
  readonly messageType: string;
  readonly category: number;
}

function readRequest(bytes: Uint8Array): Request {
  let protobuf: Uint8Array | undefined;
  let json: string | undefined;
  let format = 0;
  let messageType = '';
  let category = 0;
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === 1) protobuf = reader.bytes();
    else if (number === 2) json = reader.string();
    else if (number === 3) format = reader.int32();
    else if (number === 4) messageType = reader.string();
    else if (number === 5) category = reader.int32();
    else reader.skip(wireType, number);
  }
  return { protobuf, json, format, messageType, category };
}

function respond(field: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return new BinaryWriter().tag(field, 2).bytes(bytes).finish();
}

function readExactly(length: number): Buffer | undefined {
  const bytes = Buffer.alloc(length);
  let done = 0;
  while (done < length) {
    const count = readSync(0, bytes, done, length - done, null);
    if (count === 0) return undefined;
    done += count;
  }
  return bytes;
}

function writeExactly(bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += writeSync(1, bytes, done);
}
