import type { DescMessage, Registry } from '@bufbuild/protobuf';
import { BinaryReader } from '@bufbuild/protobuf/wire';
import type { ErrorDetail } from '../errors.ts';
import type { MessageCodec } from './codec.ts';
import { jsonFormOf } from './json-form.ts';

/** Field numbers of https://github.com/googleapis/googleapis/blob/master/google/rpc/status.proto and of `google.protobuf.Any`. */
const STATUS_DETAILS = 3;
const ANY_TYPE_URL = 1;
const ANY_VALUE = 2;

/**
 * The details of a `google.rpc.Status`, each in the ProtoJSON of an Any. A backend may attach anything,
 * so what cannot be read (a type that no contract knows, bytes that are not of their type) keeps its
 * `@type` and its bytes in base64 as `value`; a status that cannot be read at all has no details.
 */
export function decodeStatusDetails(
  status: Uint8Array,
  registry: Registry,
  codec: (descriptor: DescMessage) => MessageCodec,
): readonly ErrorDetail[] {
  try {
    return readDetails(status).map((any) => toErrorDetail(any, registry, codec));
  } catch {
    return [];
  }
}

interface Any {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

function toErrorDetail(
  any: Any,
  registry: Registry,
  codec: (descriptor: DescMessage) => MessageCodec,
): ErrorDetail {
  const descriptor = registry.getMessage(any.typeUrl.slice(any.typeUrl.lastIndexOf('/') + 1));
  if (descriptor === undefined) return opaqueDetail(any);
  try {
    const json: unknown = JSON.parse(codec(descriptor).decode(any.value));
    const isObject = jsonFormOf(descriptor) === 'object' && typeof json === 'object';
    return isObject ? { '@type': any.typeUrl, ...json } : { '@type': any.typeUrl, value: json };
  } catch {
    return opaqueDetail(any);
  }
}

function opaqueDetail({ typeUrl, value }: Any): ErrorDetail {
  return { '@type': typeUrl, value: Buffer.from(value).toString('base64') };
}

function readDetails(status: Uint8Array): Any[] {
  const details: Any[] = [];
  const reader = new BinaryReader(status);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === STATUS_DETAILS) details.push(readAny(reader.bytes()));
    else reader.skip(wireType, number);
  }
  return details;
}

function readAny(bytes: Uint8Array): Any {
  let typeUrl = '';
  let value: Uint8Array = new Uint8Array();
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    if (number === ANY_TYPE_URL) typeUrl = reader.string();
    else if (number === ANY_VALUE) value = reader.bytes();
    else reader.skip(wireType, number);
  }
  return { typeUrl, value };
}
