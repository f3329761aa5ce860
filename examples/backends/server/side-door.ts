import type { Metadata } from '@grpc/grpc-js';
import { errorInfo } from './error-details.ts';
import { isStatusName, StatusError, type StatusName } from './status-error.ts';

/**
 * Faults on demand, for tests and demonstrations. They are asked for in metadata, so that the
 * contracts stay what a backend team would write:
 *
 * - `x-sample-delay-ms: 200` waits before the method runs;
 * - `x-sample-fail: UNAVAILABLE` fails with that status and an `ErrorInfo`;
 * - `x-sample-fail-after: 3` lets a stream send three messages first (status: `x-sample-fail`, or ABORTED);
 * - `x-sample-headers: {"name":"value"}` and `x-sample-trailers` are sent back; `-bin` values in base64.
 */
export interface SideDoor {
  readonly delayMs: number;
  readonly fail: StatusName | undefined;
  readonly failAfter: number | undefined;
  readonly headers: readonly Pair[];
  readonly trailers: readonly Pair[];
}

type Pair = readonly [name: string, value: string];

export function readSideDoor(metadata: Metadata): SideDoor {
  const fail = textOf(metadata, 'x-sample-fail');
  if (fail !== undefined && !isStatusName(fail)) {
    throw new StatusError('INVALID_ARGUMENT', `x-sample-fail: "${fail}" is not a gRPC status name`);
  }
  return {
    delayMs: countOf(metadata, 'x-sample-delay-ms') ?? 0,
    fail,
    failAfter: countOf(metadata, 'x-sample-fail-after'),
    headers: pairsOf(metadata, 'x-sample-headers'),
    trailers: pairsOf(metadata, 'x-sample-trailers'),
  };
}

export function faultOf(door: SideDoor): StatusError {
  const code = door.fail ?? 'ABORTED';
  return new StatusError(code, `Failed with ${code}, as asked for`, [
    errorInfo('ASKED_FOR', 'sample.weir', { code }),
  ]);
}

function textOf(metadata: Metadata, name: string): string | undefined {
  return metadata.get(name)[0]?.toString();
}

function countOf(metadata: Metadata, name: string): number | undefined {
  const text = textOf(metadata, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,7}$/.test(text)) {
    throw new StatusError('INVALID_ARGUMENT', `${name}: "${text}" is not a whole number`);
  }
  return Number(text);
}

function pairsOf(metadata: Metadata, name: string): readonly Pair[] {
  const text = textOf(metadata, name);
  if (text === undefined) return [];
  try {
    return Object.entries(JSON.parse(text)).map(([key, value]) => [key, String(value)]);
  } catch {
    throw new StatusError('INVALID_ARGUMENT', `${name}: "${text}" is not a JSON object`);
  }
}
