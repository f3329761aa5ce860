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
  pieces: AsyncIterator<unknown> | undefined;
}

/** Answers what operators ask of this worker by way of another one. */
export function createAdminRelay(routes: readonly WorkerRoute[]): RelayDuties {
  const running = new Map<string, Relayed>();

  function end(id: string): void {
    const relayed = running.get(id);
    running.delete(id);
    relayed?.left.abort();
    void relayed?.pieces?.return?.();
  }

  return {
    async relayed({ id, path, query }) {
      const route = routes.find((each) => each.path === path);
      if (route === undefined) throw new WeirError('NOT_FOUND', `There is no ${path}.`);
      const left = new AbortController();
      const relayed: Relayed = { left, pieces: undefined };
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
        relayed.pieces = (typeof content === 'string' ? once(content) : content)[
          Symbol.asyncIterator
        ]();
        return { fileName, contentType };
      } catch (error) {
        end(id);
        throw error;
      }
    },
    async relayedPiece(id) {
      const next = await running.get(id)?.pieces?.next();
      if (next === undefined || next.done === true) return undefined;
      return typeof next.value === 'string' ? Buffer.from(next.value) : toBytes(next.value);
    },
    relayedEnd: end,
  };
}

async function* once(text: string): AsyncGenerator<string> {
  yield text;
}

function toBytes(piece: unknown): Uint8Array {
  if (piece instanceof Uint8Array) return piece;
  throw new TypeError('A file is made of text or bytes.');
}
