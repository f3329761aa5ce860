import { WeirError } from '../errors.ts';
import type { WorkerRoute } from './admin-route.ts';
import { createProfiler, type ProfileKind } from './profiler.ts';

/** A minute of sampling is some 60,000 samples; more makes a file that DevTools open slowly. */
const MAX_SECONDS = 60;
const DEFAULT_SECONDS = 10;

const SUFFIX: Readonly<Record<ProfileKind | 'heap', string>> = {
  cpu: 'cpuprofile',
  allocations: 'heapprofile',
  heap: 'heapsnapshot',
};

/**
 * `GET /admin/profile?kind=cpu|allocations|heap&seconds=10`: a file for Chrome's DevTools. `heap` is a
 * snapshot of this moment, which stops the gateway for as long as it takes, about a second for each
 * 100 MB, and holds whatever the gateway has in memory, tokens included.
 */
export function createProfileRoute(now: () => Date = () => new Date()): WorkerRoute {
  const profiler = createProfiler();

  return {
    method: 'GET',
    path: 'profile',
    acts: true,
    async answer({ query, signal, intend }) {
      const kind = readKind(query.get('kind'));
      const fileName = `weir-${now().toISOString().replace(/[:.]/g, '-')}.${SUFFIX[kind]}`;
      const contentType = 'application/json';
      if (kind === 'heap') {
        await intend('kind=heap');
        return { fileName, contentType, content: profiler.snapshot() };
      }
      const seconds = readSeconds(query.get('seconds'));
      await intend(`kind=${kind} seconds=${seconds}`);
      const durationMs = seconds * 1_000;
      return { fileName, contentType, content: await profiler.record(kind, durationMs, signal) };
    },
  };
}

function readKind(given: string | null): ProfileKind | 'heap' {
  if (given === 'cpu' || given === 'allocations' || given === 'heap') return given;
  throw new WeirError('INVALID_ARGUMENT', '"kind" must be cpu, allocations or heap.');
}

function readSeconds(given: string | null): number {
  const seconds = given === null ? DEFAULT_SECONDS : Number(given);
  if (seconds > 0 && seconds <= MAX_SECONDS) return seconds;
  throw new WeirError(
    'INVALID_ARGUMENT',
    `"seconds" must be a number above 0 and at most ${MAX_SECONDS}.`,
  );
}
