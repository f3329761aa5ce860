import type { LimitScope } from './limit.ts';

/** How often the limits let a call pass, and which of them did not. `concurrency`: too many at once. */
export interface LimitDecisions {
  admitted: number;
  readonly refused: Record<LimitScope | 'concurrency', number>;
}

export function createLimitDecisions(): LimitDecisions {
  return {
    admitted: 0,
    refused: { caller: 0, callerMethod: 0, quota: 0, method: 0, gateway: 0, concurrency: 0 },
  };
}
