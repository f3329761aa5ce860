import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';
import { writeAttribute } from './attribute.ts';
import type { SpanBatch } from './span-queue.ts';
import { WireWriter } from './wire-writer.ts';

/** The semantic conventions that the names of attributes follow. */
const SCHEMA_URL = 'https://opentelemetry.io/schemas/1.45.0';

/** Field numbers of `ExportTraceServiceRequest`, `ResourceSpans`, `Resource`, `ScopeSpans` and its scope. */
const RESOURCE_SPANS = 1;
const RESOURCE = 1;
const RESOURCE_ATTRIBUTES = 1;
const SCOPE_SPANS = 2;
const SCOPE = 1;
const SCOPE_NAME = 1;
const SCOPE_VERSION = 2;
const SCHEMA = 3;

/** Field numbers of `ExportTraceServiceResponse` and `ExportTracePartialSuccess`. */
const PARTIAL_SUCCESS = 1;
const REJECTED_SPANS = 1;

export interface Origin {
  readonly serviceName: string;
  readonly version: string;
  /** Tells gateways of one service apart. */
  readonly instanceId: string;
}

/** Makes the `ExportTraceServiceRequest` of a batch, of which only the spans differ from time to time. */
export function createRequestEncoder({ serviceName, version, instanceId }: Origin) {
  const wire = new WireWriter();
  const resource = wire.open(RESOURCE);
  writeAttribute(wire, RESOURCE_ATTRIBUTES, 'service.name', serviceName);
  writeAttribute(wire, RESOURCE_ATTRIBUTES, 'service.version', version);
  writeAttribute(wire, RESOURCE_ATTRIBUTES, 'service.instance.id', instanceId);
  wire.close(resource);
  wire.string(SCHEMA, SCHEMA_URL);
  const resourceFields = wire.take();
  const scope = wire.open(SCOPE);
  wire.string(SCOPE_NAME, 'weir');
  wire.string(SCOPE_VERSION, version);
  wire.close(scope);
  wire.string(SCHEMA, SCHEMA_URL);
  const scopeFields = wire.take();

  return function encodeRequest({ bytes }: SpanBatch): Uint8Array {
    const resourceSpans = wire.open(RESOURCE_SPANS);
    wire.append(resourceFields);
    const scopeSpans = wire.open(SCOPE_SPANS);
    wire.append(scopeFields);
    wire.append(bytes);
    wire.close(scopeSpans);
    wire.close(resourceSpans);
    return wire.take();
  };
}

/** `partial_success.rejected_spans` of an `ExportTraceServiceResponse`. @throws for what is no protobuf */
export function readRejectedSpans(response: Uint8Array): number {
  return readField(new BinaryReader(response), response.length, PARTIAL_SUCCESS, (reader) => {
    const length = reader.uint32();
    return readField(reader, reader.pos + length, REJECTED_SPANS, () => Number(reader.int64()));
  });
}

function readField(
  reader: BinaryReader,
  end: number,
  wanted: number,
  read: (reader: BinaryReader) => number,
): number {
  let value = 0;
  while (reader.pos < end) {
    const [field, type] = reader.tag();
    if (field === wanted && type !== WireType.EndGroup) value = read(reader);
    else reader.skip(type, field);
  }
  return value;
}
