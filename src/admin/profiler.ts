import { Session } from 'node:inspector/promises';
import type { Readable } from 'node:stream';
import { getHeapSnapshot } from 'node:v8';
import { WeirError } from '../errors.ts';

/** What is measured for some time: where the processor's time went, or who allocated what is still alive. */
export type ProfileKind = 'cpu' | 'allocations';

export interface Profiler {
  /**
   * @returns JSON as Chrome's DevTools open it: `.cpuprofile` or `.heapprofile`.
   * @throws WeirError ABORTED while another one runs, CANCELLED when the signal is aborted.
   */
  record(kind: ProfileKind, durationMs: number, signal: AbortSignal): Promise<string>;
  /** Everything on the heap, `.heapsnapshot`. Nothing else runs until V8 has walked it. @throws as `record` */
  snapshot(): Readable;
}

/** Looks into this process, one look at a time: two CPU profiles would measure each other. */
export function createProfiler(): Profiler {
  let busy = false;

  function begin(): void {
    if (busy) {
      throw new WeirError('ABORTED', 'A profile is being taken already. Wait until it is done.');
    }
    busy = true;
  }

  return {
    async record(kind, durationMs, signal) {
      begin();
      const session = new Session();
      session.connect();
      try {
        return JSON.stringify(await RECORDERS[kind](session, () => wait(durationMs, signal)));
      } finally {
        session.disconnect();
        busy = false;
      }
    },
    snapshot() {
      begin();
      const snapshot = getHeapSnapshot();
      snapshot.once('close', () => {
        busy = false;
      });
      return snapshot;
    },
  };
}

type Recorder = (session: Session, wait: () => Promise<void>) => Promise<object>;

/** By the domains of the Chrome DevTools Protocol. */
const RECORDERS: Readonly<Record<ProfileKind, Recorder>> = {
  async cpu(session, wait) {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    await wait();
    return (await session.post('Profiler.stop')).profile;
  },
  async allocations(session, wait) {
    await session.post('HeapProfiler.startSampling');
    await wait();
    return (await session.post('HeapProfiler.stopSampling')).profile;
  },
};

function wait(durationMs: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, durationMs);
    signal.addEventListener('abort', leave, { once: true });
    if (signal.aborted) leave();

    function done(): void {
      signal.removeEventListener('abort', leave);
      resolve();
    }
    function leave(): void {
      clearTimeout(timer);
      reject(new WeirError('CANCELLED', 'The caller left before the profile was done.'));
    }
  });
}
