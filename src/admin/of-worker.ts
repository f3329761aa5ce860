import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { WeirError } from '../errors.ts';
import type { RelayDuties } from './admin-relay.ts';
import type { AdminAnswer, AdminRoute, WorkerRequest, WorkerRoute } from './admin-route.ts';

/** The other processes that serve what this one serves. */
export interface RelayTo {
  /** This worker, and how many there are; they are numbered from 1 on. */
  readonly number: number;
  readonly count: number;
  /** @throws WeirError what the worker throws, or UNAVAILABLE when it is not there. */
  relay<Name extends keyof RelayDuties>(
    worker: number,
    name: Name,
    question: Parameters<RelayDuties[Name]>[0],
  ): Promise<Awaited<ReturnType<RelayDuties[Name]>>>;
}

/** `?worker=2` has the route answered by that worker. Without it whoever got the request answers, and says who he is. */
export function ofWorker(route: WorkerRoute, workers: RelayTo): AdminRoute {
  return {
    ...route,
    async answer(asked) {
      const worker = readWorker(asked.query.get('worker'), workers);
      const answer =
        worker === workers.number
          ? await route.answer(asked)
          : await relay(worker, route, asked, workers);
      return 'body' in answer ? { body: { worker, ...answer.body } } : answer;
    },
  };
}

function readWorker(given: string | null, { number, count }: RelayTo): number {
  if (given === null) return number;
  const worker = /^[1-9]\d*$/.test(given) ? Number(given) : 0;
  if (worker >= 1 && worker <= count) return worker;
  throw new WeirError('INVALID_ARGUMENT', `"worker" must be a whole number from 1 to ${count}.`);
}

async function relay(
  worker: number,
  { path, acts }: WorkerRoute,
  { query, intend, signal }: WorkerRequest,
  workers: RelayTo,
): Promise<AdminAnswer> {
  if (acts === true) await intend(query.toString());
  const id = randomUUID();
  const end = () => void workers.relay(worker, 'relayedEnd', id).catch(() => {});
  // An aborted signal says nothing more.
  if (signal.aborted) throw new WeirError('CANCELLED', 'The caller left before it was asked.');
  signal.addEventListener('abort', end, { once: true });
  const question = { id, path, query: query.toString() };
  const answer = await workers.relay(worker, 'relayed', question).catch((error: unknown) => {
    // It may have been too late, and be at work still.
    end();
    throw error;
  });
  if ('body' in answer) return answer;

  async function* pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const piece = await workers.relay(worker, 'relayedPiece', id);
        if (piece === undefined) return;
        yield piece;
      }
    } finally {
      end();
    }
  }
  return { ...answer, content: Readable.from(pieces()) };
}
