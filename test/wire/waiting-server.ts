import { type RunningServer, startRawServer } from './raw-service.ts';

export interface WaitingServer extends RunningServer {
  /** Answers the calls that wait at the server, oldest first. */
  readonly waiting: (() => void)[];
}

/** A server at which `/test.Raw/Wait` waits to be echoed, and `/test.Raw/Open` to be ended after one message. */
export async function startWaitingServer(): Promise<WaitingServer> {
  const waiting: (() => void)[] = [];
  const server = await startRawServer({
    unary: { Wait: (call, answer) => waiting.push(() => answer(null, call.request)) },
    stream: {
      Open: (call) => {
        call.write(Buffer.from('first'));
        waiting.push(() => call.end());
      },
    },
  });
  return { ...server, waiting };
}
