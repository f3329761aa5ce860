import type { TrpcCode } from '../procedures/error-shape.ts';
import type { Log } from '../telemetry/log.ts';
import { Refusal } from './refusal.ts';

/** A request that was refused before it became a call, so that no call's line and no call's count has it. */
export interface RefusedRequest {
  /** Of a closed set, so that it can be a label. */
  readonly reason: TrpcCode;
  readonly requestId: string;
  readonly wire: 'http' | 'websocket';
  readonly address: string;
  /** As the caller wrote it. */
  readonly path: string | undefined;
}

export type OnRefusedRequest = (refused: RefusedRequest) => void;

/** Refusals cost a caller nothing, so above this many lines a second they are counted only. */
const MAX_LINES_PER_SECOND = 50;
const MAX_PATH = 200;

/** Counts every refusal, and writes a line for it while they are few enough to be read. */
export function reportRefusals(
  log: Log,
  count: (reason: TrpcCode) => void,
  now: () => number = () => performance.now(),
): OnRefusedRequest {
  let second = 0;
  let lines = 0;
  return function reportRefusal({ reason, requestId, wire, address, path }) {
    count(reason);
    const current = Math.floor(now() / 1_000);
    if (current !== second) {
      second = current;
      lines = 0;
    }
    lines += 1;
    if (lines > MAX_LINES_PER_SECOND) return;
    log.info({ requestId, reason, wire, address, path: path?.slice(0, MAX_PATH) }, 'refused');
  };
}

/** Reports what was thrown, if it is a refusal; the rest is a call's own affair. */
export function reportIfRefusal(
  onRefused: OnRefusedRequest | undefined,
  thrown: unknown,
  request: Omit<RefusedRequest, 'reason'>,
): void {
  if (thrown instanceof Refusal) onRefused?.({ ...request, reason: thrown.code });
}
