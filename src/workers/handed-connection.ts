import type { ChildProcess } from 'node:child_process';

interface Handle {
  close(): void;
}

/**
 * Watches the connections that `node:cluster` hands to a worker, one after another, each when the one
 * before was accepted. It forgets one whose worker dies before accepting it: the caller would wait for an
 * answer for ever. Gives what closes that one; a connection that was accepted is not touched.
 */
export function watchHandedConnection(worker: ChildProcess): () => void {
  let last: Handle | undefined;
  const send = worker.send;
  worker.send = (...given: unknown[]) => {
    const [, handle] = given;
    if (isHandle(handle)) last = handle;
    return Reflect.apply(send, worker, given);
  };
  // Cluster has closed its own copy of an accepted one, and a second time does nothing.
  return () => last?.close();
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'close' in value &&
    typeof value.close === 'function'
  );
}
