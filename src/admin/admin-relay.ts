import { Readable } from 'node:stream';
import { WeirError } from '../errors.ts';
import type { AdminAnswer, WorkerRoute } from './admin-route.ts';

/** A request of an operator that another worker let in. */
export interface RelayedRequest {
  /** Names it until it is over. */
  readonly id: string;
  readonly path: string;
  readonly query: string;
}

/** An answer between processes: a file's content is fetched piece by piece. */
export type RelayedAnswer =
  | { readonly body: object }
  | { readonly fileName: string; readonly contentType: string };

export interface RelayDuties {
  relayed(request: RelayedRequest): Promise<RelayedAnswer>;
  /** The next piece of a file; undefined at its end. */
  relayedPiece(id: string): Promise<Uint8Array | undefined>;
  /** Whoever asked has left, or has everything. */
  relayedEnd(id: string): void;
}

interface Relayed {
  readonly left: AbortController;
  content: Readable | undefined;
  pieces: AsyncIterator<unknown> | undefined;
  /** Ends it when nobody asks for the next piece. */
  idle: NodeJS.Timeout | undefined;
}

/** Whoever asked may have died and then says nothing; an operator on a slow line asks more often. */
const IDLE_MS = 60_000;

/** Answers what operators ask of this worker by way of another one. */
export function createAdminRelay(routes: readonly WorkerRoute[]): RelayDuties {
  const running = new Map<string, Relayed>();

  function end(id: string): void {
    const relayed = running.get(id);
    running.delete(id);
    clearTimeout(relayed?.idle);
    relayed?.left.abort();
    // Whatever it is at: an iterator's end would wait for the piece that it has been asked for.
    relayed?.content?.destroy();
  }

  function endWhenIdle(id: string, relayed: Relayed): void {
    clearTimeout(relayed.idle);
    relayed.idle = setTimeout(end, IDLE_MS, id).unref();
  }

  return {
    async relayed({ id, path, query }) {
      const route = routes.find((each) => each.path === path);
      if (route === undefined) throw new WeirError('NOT_FOUND', `There is no ${path}.`);
      const left = new AbortController();
      const relayed: Relayed = { left, content: undefined, pieces: undefined, idle: undefined };
      running.set(id, relayed);
      try {
        const answer: AdminAnswer = await route.answer({
          query: new URLSearchParams(query),
          // The worker that let the operator in has written it down.
          intend: async () => {},
          signal: left.signal,
        });
        if ('body' in answer) {
          end(id);
          return answer;
        }
        const { fileName, contentType, content } = answer;
        const file = typeof content === 'string' ? Readable.from([content]) : content;
        relayed.content = file;
        relayed.pieces = file[Symbol.asyncIterator]();
        // Nobody would read it to its end, which is when the next may be made.
        if (left.signal.aborted) {
          file.destroy();
          throw new WeirError('CANCELLED', 'The caller left before the file was there.');
        }
        endWhenIdle(id, relayed);
        return { fileName, contentType };
      } catch (error) {
        end(id);
        throw error;
      }
    },
    async relayedPiece(id) {
      const relayed = running.get(id);
      clearTimeout(relayed?.idle);
      const next = await relayed?.pieces?.next();
      if (relayed !== undefined && running.has(id)) endWhenIdle(id, relayed);
      if (next === undefined || next.done === true) return undefined;
      return typeof next.value === 'string' ? Buffer.from(next.value) : toBytes(next.value);
    },
    relayedEnd: end,
  };
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError('A file is made of text or bytes.');
}
