/** What a backend saw of one call; with `--report` each is a line of JSON on standard output. */
export type CallEvent =
  | {
      readonly event: 'call';
      readonly method: string;
      readonly id: string;
      /** Milliseconds until the call's deadline; null without one. */
      readonly timeoutMs: number | null;
      /** Request metadata; `-bin` values in base64. */
      readonly metadata: Readonly<Record<string, readonly string[]>>;
    }
  | {
      readonly event: 'cancelled';
      readonly method: string;
      readonly id: string;
      readonly reason: 'caller' | 'deadline';
    }
  | {
      readonly event: 'ended';
      readonly method: string;
      readonly id: string;
      readonly status: string;
      /** Messages that went to the caller. */
      readonly messages: number;
    };

export type Report = (event: CallEvent) => void;

export const reportNothing: Report = () => {};

export const reportToStdout: Report = (event) => {
  process.stdout.write(`${JSON.stringify(event)}\n`);
};
