import type { TrpcCode } from '../procedures/error-shape.ts';
import { createLineBudget } from '../telemetry/line-budget.ts';
import type { Log } from '../telemetry/log.ts';
import { showPath } from '../telemetry/show-path.ts';
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

/** Counts every refusal, and writes a line for it while they are few enough to be read. */
export function reportRefusals(
  log: Log,
  count: (reason: TrpcCode) => void,
  now?: () => number,
): OnRefusedRequest {
  const mayWrite = createLineBudget(MAX_LINES_PER_SECOND, now);
  return function reportRefusal({ reason, requestId, wire, address, path }) {
    count(reason);
    if (!mayWrite()) return;
    const shown = path === undefined ? undefined : showPath(path);
    log.info({ requestId, reason, wire, address, path: shown }, 'refused');
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
