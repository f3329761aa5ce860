import type { Metadata } from '../transport.ts';
import type { HeaderField } from './hpack/header-field.ts';

/**
 * A header or trailer section of an answer, sorted into what HTTP/2 and gRPC read and what the
 * application gets. Made once for a block and shared by every call that gets the same octets.
 */
export interface FieldSection {
  /** `:status`, or 0 where there is none, as in trailers. */
  readonly httpStatus: number;
  readonly contentType: string | undefined;
  /** `content-length`, or -1. */
  readonly contentLength: number;
  readonly grpcEncoding: string | undefined;
  /** `grpc-status`, or -1 where it is missing, or NaN where it is not a number. */
  readonly grpcStatus: number;
  /** Still percent-encoded. */
  readonly grpcMessage: string | undefined;
  /** Base64. */
  readonly statusDetails: string | undefined;
  /** Everything that is neither a pseudo-header nor a word of the gRPC protocol. */
  readonly metadata: Metadata;
  /** Why the section is malformed in the sense of RFC 9113 §8.1.1. */
  readonly malformed: string | undefined;
  /** The list was above our SETTINGS_MAX_HEADER_LIST_SIZE and is incomplete. */
  readonly tooLarge: boolean;
}

/** RFC 9113 §8.2.2: these speak of one connection and have no place here. */
const CONNECTION_SPECIFIC = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** RFC 9113 §8.2.1: at the least these make a name malformed (upper case, controls, non-ASCII, colon). */
const BAD_NAME = /[^\x21-\x39\x3b-\x40\x5b-\x7e]/;
const BAD_VALUE = /[\0\r\n]|^[ \t]|[ \t]$/;

export function readFieldSection(fields: readonly HeaderField[], complete: boolean): FieldSection {
  const reader = new FieldSectionReader();
  for (const field of fields) reader.read(field);
  reader.tooLarge = !complete;
  return reader;
}

class FieldSectionReader implements FieldSection {
  httpStatus = 0;
  contentType: string | undefined;
  contentLength = -1;
  grpcEncoding: string | undefined;
  grpcStatus = -1;
  grpcMessage: string | undefined;
  statusDetails: string | undefined;
  readonly metadata: HeaderField[] = [];
  malformed: string | undefined;
  tooLarge = false;
  #regularSeen = false;

  read(field: HeaderField): void {
    const [name, value] = field;
    if (BAD_VALUE.test(value)) this.malformed ??= `the value of ${name} has forbidden octets`;
    if (name.charCodeAt(0) === 0x3a) {
      this.#readPseudoHeader(name, value);
      return;
    }
    this.#regularSeen = true;
    if (name === '' || BAD_NAME.test(name)) {
      this.malformed ??= `the field name ${JSON.stringify(name)} is not a valid one`;
    }
    switch (name) {
      case 'content-type':
        this.contentType = value;
        return;
      case 'content-length':
        this.#readContentLength(value);
        return;
      case 'grpc-encoding':
        this.grpcEncoding = value;
        return;
      case 'grpc-accept-encoding':
        return;
      case 'grpc-status':
        this.grpcStatus = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN;
        return;
      case 'grpc-message':
        this.grpcMessage = value;
        return;
      case 'grpc-status-details-bin':
        this.statusDetails = value;
        return;
    }
    if (CONNECTION_SPECIFIC.has(name) || (name === 'te' && value !== 'trailers')) {
      this.malformed ??= `${name} is specific to a connection`;
    }
    this.metadata.push(field);
  }

  #readPseudoHeader(name: string, value: string): void {
    if (name !== ':status') this.malformed ??= `${name} is no pseudo-header of a response`;
    else if (this.#regularSeen) this.malformed ??= ':status stands behind a regular field';
    else if (this.httpStatus !== 0) this.malformed ??= ':status occurs twice';
    else if (/^[1-9]\d\d$/.test(value)) this.httpStatus = Number(value);
    else this.malformed ??= `a :status of ${JSON.stringify(value)}`;
  }

  #readContentLength(value: string): void {
    const length = /^\d{1,15}$/.test(value) ? Number(value) : -1;
    const contradicts = this.contentLength !== -1 && this.contentLength !== length;
    if (length === -1 || contradicts) this.malformed ??= `a content-length of ${value}`;
    this.contentLength = length;
  }
}
