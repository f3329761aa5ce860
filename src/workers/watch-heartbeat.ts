export interface HeartbeatOptions {
  /** Resolves when the other one has answered; may reject, and may take for ever. */
  readonly beat: () => Promise<unknown>;
  /** Silence of so many milliseconds is the end. */
  readonly silenceMs: number;
  readonly onSilent: () => void;
}

/**
 * A stall of this process, or of the whole machine, must not look like the other one's: so silence is
 * counted in questions without an answer, each with its time, and not read from a clock.
 */
const QUESTIONS = 4;

/** Asks for a sign of life again and again; calls back once when there is none. Gives what ends it. */
export function watchHeartbeat({ beat, silenceMs, onSilent }: HeartbeatOptions): () => void {
  let unanswered = 0;
  ask();
  const timer = setInterval(
    () => {
      if (unanswered < QUESTIONS) return ask();
      clearInterval(timer);
      onSilent();
    },
    silenceMs / (QUESTIONS + 1),
  );

  function ask(): void {
    unanswered += 1;
    // An answer to an old question is a sign of life too.
    beat().then(
      () => {
        unanswered = 0;
      },
      () => {},
    );
  }
  return () => clearInterval(timer);
}
