import type { UpstreamConfig } from '../../config/schema.ts';
import type { Metadata } from '../transport/transport.ts';
import { createOwnMetadata } from './own-metadata.ts';
import type { ReloadEvents, Reloading } from './reloading.ts';
import { createSecureContexts, type SecureContexts } from './secure-contexts.ts';

/** How Weir and the backends of one upstream know each other. */
export interface Security {
  /** Undefined for plaintext. */
  readonly contexts: SecureContexts | undefined;
  /** Undefined where Weir has nothing to say in its own name. */
  readonly metadata: Reloading<Metadata> | undefined;
  stop(): void;
}

/** @throws UserError for files and variables that cannot be used. */
export function createSecurity(
  { tls, metadata }: Pick<UpstreamConfig, 'tls' | 'metadata'>,
  events: ReloadEvents,
): Security {
  using watched = new DisposableStack();
  const own =
    Object.keys(metadata).length === 0
      ? undefined
      : createOwnMetadata(metadata, process.env, events);
  watched.defer(() => own?.stop());
  const contexts = tls && createSecureContexts(tls, events);
  watched.defer(() => contexts?.stop());
  const whole = watched.move();
  return { contexts, metadata: own, stop: () => whole.dispose() };
}
