import { Metadata, type status, status as statusCodes } from '@grpc/grpc-js';
import { messageDefinition } from './definitions.ts';

export type StatusName = Exclude<keyof typeof status, 'OK'>;

/** One message of `google/rpc/error_details.proto` with its fields. */
export interface Detail {
  readonly type: `google.rpc.${string}`;
  readonly value: object;
}

/** A call's refusal: becomes the gRPC status, with `google.rpc.Status` in `grpc-status-details-bin`. */
export class StatusError extends Error {
  readonly code: StatusName;
  readonly details: readonly Detail[];

  constructor(code: StatusName, message: string, details: readonly Detail[] = []) {
    super(message);
    this.code = code;
    this.details = details;
  }

  /** What grpc-js sends as trailers. */
  toStatus(): { code: number; details: string; metadata: Metadata } {
    const metadata = new Metadata();
    if (this.details.length > 0) {
      metadata.set('grpc-status-details-bin', this.#statusDetails());
    }
    return { code: statusCodes[this.code], details: this.message, metadata };
  }

  #statusDetails(): Buffer {
    return messageDefinition('google.rpc.Status').serialize({
      code: statusCodes[this.code],
      message: this.message,
      details: this.details.map(({ type, value }) => ({
        type_url: `type.googleapis.com/${type}`,
        value: messageDefinition(type).serialize(value),
      })),
    });
  }
}

export function isStatusName(name: string): name is StatusName {
  return name !== 'OK' && Object.hasOwn(statusCodes, name) && Number.isNaN(Number(name));
}
