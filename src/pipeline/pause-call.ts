import { WeirError } from '../errors.ts';
import type { Call } from './call.ts';

/** Waits for `ms`, or throws why the call ended meanwhile: cancelled, or its deadline passed. */
export function pauseCall(
  { cancellation, deadline }: Pick<Call, 'cancellation' | 'deadline'>,
  ms: number,
): Promise<void> {
  const leftMs = (deadline ?? Number.POSITIVE_INFINITY) - performance.now();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => {
        stopListening();
        if (ms <= leftMs) resolve();
        else reject(new WeirError('DEADLINE_EXCEEDED', 'The deadline passed while waiting.'));
      },
      Math.max(0, Math.min(ms, leftMs)),
    );
    const stopListening = cancellation.onCancel((reason) => {
      clearTimeout(timer);
      reject(reason);
    });
  });
}
