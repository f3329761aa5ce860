import {
  type DescMessage,
  fromBinary,
  fromJson,
  type JsonValue,
  type Registry,
  toBinary,
  toJson,
} from '@bufbuild/protobuf';
import { WeirError } from '../errors.ts';
import type { MessageCodec, Transcoder } from './codec.ts';
import { decodeStatusDetails } from './status-details.ts';

export interface TranscoderOptions {
  /** Emit fields of implicit presence that hold their zero value. Default true, so output types have no `undefined` where the contract has none. */
  readonly alwaysEmitImplicit?: boolean;
}

/** Codecs for the messages of one registry, each made on first use. */
export function createTranscoder(registry: Registry, options: TranscoderOptions = {}): Transcoder {
  const codecs = new Map<DescMessage, MessageCodec>();
  const writeOptions = { registry, alwaysEmitImplicit: options.alwaysEmitImplicit ?? true };

  function createCodec(descriptor: DescMessage): MessageCodec {
    return {
      descriptor,
      encode(json) {
        try {
          return toBinary(descriptor, fromJson(descriptor, toJsonValue(json), { registry }));
        } catch (cause) {
          throw invalidInput(descriptor, cause);
        }
      },
      decode(bytes) {
        try {
          return JSON.stringify(toJson(descriptor, fromBinary(descriptor, bytes), writeOptions));
        } catch (cause) {
          throw new WeirError('INTERNAL', `The backend's answer is not a ${descriptor.typeName}.`, {
            origin: 'backend',
            cause,
          });
        }
      },
    };
  }

  function codec(descriptor: DescMessage): MessageCodec {
    let found = codecs.get(descriptor);
    if (found === undefined) {
      found = createCodec(descriptor);
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

function toJsonValue(json: unknown): JsonValue {
  return (json ?? {}) as JsonValue;
}

function invalidInput(descriptor: DescMessage, cause: unknown): WeirError {
  const description = cause instanceof Error ? cause.message : String(cause);
  return new WeirError('INVALID_ARGUMENT', `Not a ${descriptor.typeName}: ${description}`, {
    details: [
      {
        '@type': 'type.googleapis.com/google.rpc.BadRequest',
        fieldViolations: [{ field: '', description }],
      },
    ],
    cause,
  });
}
