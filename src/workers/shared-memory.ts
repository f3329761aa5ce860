import type { AuthStores } from '../auth/auth-stores.ts';
import type { TicketStore } from '../auth/credentials/ticket-store.ts';
import type { AttemptCounter } from '../auth/issuer/login-attempts.ts';
import type { SessionStore } from '../auth/issuer/session.ts';
import type { SigningKeyStore } from '../auth/issuer/signing-key-store.ts';

/** The methods of a store under the store's name, each with its arguments as one question. */
type MethodsOf<Name extends string, Store> = {
  readonly [Method in keyof Store & string as `${Name}.${Method}`]: Store[Method] extends (
    ...given: infer Given
  ) => infer Answer
    ? (given: Given) => Answer
    : never;
};

export interface SharedMemoryDuties
  extends MethodsOf<'sessions', SessionStore>,
    MethodsOf<'keys', SigningKeyStore>,
    MethodsOf<'attempts', AttemptCounter>,
    MethodsOf<'tickets', TicketStore> {}

type Stores = Omit<AuthStores, 'feed' | 'close'>;

/**
 * What a single process keeps in its memory is kept by the primary for all workers: a ticket of one worker
 * is taken at another, once, and every worker signs with the same keys.
 */
export function hostSharedMemory({
  sessions,
  keys,
  attempts,
  tickets,
}: Stores): SharedMemoryDuties {
  return {
    'sessions.create': (given) => sessions.create(...given),
    'sessions.rotate': (given) => sessions.rotate(...given),
    'sessions.list': (given) => sessions.list(...given),
    'sessions.delete': (given) => sessions.delete(...given),
    'keys.get': (given) => keys.get(...given),
    'keys.putIfAbsent': (given) => keys.putIfAbsent(...given),
    'keys.prune': (given) => keys.prune(...given),
    'attempts.add': (given) => attempts.add(...given),
    'attempts.forget': (given) => attempts.forget(...given),
    'tickets.put': (given) => tickets.put(...given),
    'tickets.take': (given) => tickets.take(...given),
  };
}

type Ask = <Name extends keyof SharedMemoryDuties>(
  name: Name,
  given: Parameters<SharedMemoryDuties[Name]>[0],
) => Promise<Awaited<ReturnType<SharedMemoryDuties[Name]>>>;

/** The same stores, seen from a worker. */
export function useSharedMemory(ask: Ask): Stores {
  const attempts: AttemptCounter = {
    add: (...given) => ask('attempts.add', given),
    forget: (...given) => ask('attempts.forget', given),
  };
  return {
    attempts,
    failures: attempts,
    sessions: {
      create: (...given) => ask('sessions.create', given),
      rotate: (...given) => ask('sessions.rotate', given),
      list: (...given) => ask('sessions.list', given),
      delete: (...given) => ask('sessions.delete', given),
    },
    keys: {
      get: (...given) => ask('keys.get', given),
      putIfAbsent: (...given) => ask('keys.putIfAbsent', given),
      prune: (...given) => ask('keys.prune', given),
    },
    tickets: {
      put: (...given) => ask('tickets.put', given),
      take: (...given) => ask('tickets.take', given),
    },
  };
}
