import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { WeirError } from '../errors.ts';
import type { MessageCodec, Transcoder } from './codec.ts';
import { canGenerateCode } from './constants.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { invalidArgument } from './field-violations.ts';
import { InvalidInput, InvalidValue } from './invalid-value.ts';
import { JsonWriter } from './json-writer.ts';
import { MalformedMessage } from './malformed-message.ts';
import type { MessageType } from './message-type.ts';
import { decodeStatusDetails } from './status-details.ts';
import { TypeTable } from './type-table.ts';
import { WireSource } from './wire-source.ts';
import { WireWriter } from './wire-writer.ts';

export interface TranscoderOptions {
  /**
   * Emit fields of implicit presence that hold their zero value, and empty lists and maps. Default true, so
   * that output types have no `undefined` where the contract has none.
   */
  readonly alwaysEmitImplicit?: boolean;
  /** The most bytes of an encoded message. Default 64 MiB. */
  readonly maxMessageBytes?: number;
  /** The most bytes of a decoded message's JSON text. Default 64 MiB, an eighth of what V8 can hold. */
  readonly maxTextLength?: number;
  /** How deep messages may nest in either direction. Default 100, as protobuf's own libraries have it. */
  readonly maxDepth?: number;
  /** The same for encoding, where it shall be less. */
  readonly maxInputDepth?: number;
  /** The most characters of one string, map key or text of base64 that is encoded. Default: no bound of its own. */
  readonly maxStringLength?: number;
  /** Compile each type to a function. Default: where the process allows code to be generated; else types are interpreted. */
  readonly compiles?: boolean;
}

const MEBI = 1024 * 1024;

/** Codecs for the messages of one registry, each made on first use. */
export function createTranscoder(registry: Registry, options: TranscoderOptions = {}): Transcoder {
  const { maxDepth = 100, maxInputDepth = maxDepth, maxTextLength = 64 * MEBI } = options;
  const writer = new WireWriter(options.maxMessageBytes ?? 64 * MEBI, options.maxStringLength);
  const json = new JsonWriter(maxTextLength);
  const codecs = new Map<DescMessage, MessageCodec>();
  const table = new TypeTable(registry, {
    alwaysEmitImplicit: options.alwaysEmitImplicit ?? true,
    compiles: options.compiles ?? canGenerateCode(),
  });

  function encode(type: MessageType, json: unknown): Uint8Array {
    writer.reset();
    try {
      type.encode(json, writer, maxInputDepth);
    } catch (error) {
      throw explain(type, json, error);
    }
    return writer.finish();
  }

  /** The encoder stops at the first value that does not fit; a second, slower pass finds them all. */
  function explain(type: MessageType, json: unknown, error: unknown): unknown {
    if (!(error instanceof InvalidValue || error instanceof InvalidInput)) return error;
    writer.reset();
    try {
      type.explain(json, writer, maxInputDepth);
    } catch (all) {
      if (all instanceof InvalidValue || all instanceof InvalidInput) {
        return invalidArgument(type.descriptor, all);
      }
    }
    return invalidArgument(type.descriptor, error);
  }

  function encodeText(type: MessageType, text: string): Uint8Array {
    return encode(type, parseStrictly(type.descriptor, text));
  }

  function decode(type: MessageType, bytes: Uint8Array): string {
    try {
      json.reset();
      type.decode(new WireSource(bytes), json, 0, bytes.length, maxDepth);
      return json.finish();
    } catch (cause) {
      if (!(cause instanceof MalformedMessage)) throw cause;
      const { typeName } = type.descriptor;
      throw new WeirError(
        'INTERNAL',
        `The backend sent what cannot be read as ${typeName}: ${cause.message}.`,
        { origin: 'backend', cause },
      );
    }
  }

  function codec(descriptor: DescMessage): MessageCodec {
    let found = codecs.get(descriptor);
    if (found === undefined) {
      const type = table.typeOf(descriptor);
      found = {
        descriptor,
        encode: (json) => (isNothing(type, json) ? new Uint8Array() : encode(type, json)),
        encodeText: (text) => encodeText(type, text),
        decode: (bytes) => decode(type, bytes),
      };
      codecs.set(descriptor, found);
    }
    return found;
  }

  return {
    registry,
    codec,
    decodeStatusDetails: (status) => decodeStatusDetails(status, registry, codec),
  };
}

/** A call without input sends the empty message; only google.protobuf.Value has a null of its own. */
function isNothing(type: MessageType, json: unknown): boolean {
  return json === undefined || (json === null && type.form !== 'value');
}

function parseStrictly(descriptor: DescMessage, text: string): unknown {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new WeirError('INVALID_ARGUMENT', `The text for ${descriptor.typeName} is not JSON.`, {
      cause,
    });
  }
  const duplicate = findDuplicateKey(text);
  if (duplicate !== undefined) {
    throw invalidArgument(
      descriptor,
      new InvalidValue('each key of an object once', `${duplicate} more than once`),
    );
  }
  return json;
}
