// It is never run: the compiler accepts it, though the stream's request is empty.
import type { createTRPCClient } from '@trpc/client';
import type { AppRouter } from '../golden/expected/app-router.ts';

export function watch({ nasty }: ReturnType<typeof createTRPCClient<AppRouter>>): void {
  const { watchAll } = nasty.v2.nastyService;
  const options = { onData: ({ id }: { id: string }) => console.log(id) };
  watchAll.subscribe(undefined, options);
  watchAll.subscribe({}, options);
  watchAll.subscribe({ lastEventId: '7' }, options);
  // @ts-expect-error
  watchAll.subscribe({ symbol: 'A' }, options);
}
