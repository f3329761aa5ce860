import type { BenchCall } from './call.ts';
import type { FigureName, Figures } from './figures.ts';
import type { RunningSubject } from './running-subject.ts';
import type { Setup, Subject, WeirChanges } from './subject.ts';

/** How long and how often is measured. */
export interface Timing {
  readonly rounds: number;
  /** Load before the first round of a scenario, so that what is measured is compiled code. */
  readonly warmUpSeconds: number;
  readonly seconds: number;
}

/** One question that the bench asks of every subject. A file of `scenarios/` exports one by default. */
export interface Scenario {
  readonly name: string;
  readonly about: string;
  readonly setup: Setup;
  /** The calls that are made; the backend has answers for them. */
  readonly calls: readonly BenchCall[];
  /** How many calls one request carries; 1 unless it is a batch. */
  readonly batch: number;
  /** The figure that Weir and the others are compared by. */
  readonly compares: FigureName;
  /** Only these take part; absent: all that can. */
  readonly subjects?: readonly string[];
  readonly weir?: WeirChanges;
  /** What `weir-bare` runs with; absent: nothing beyond what is on by default. */
  readonly bare?: WeirChanges;
  /** How often the source of the set-up `sockets` has something for each subscription. */
  readonly messagesPerSecond?: number;
  /** Subjects start anew for each round, because what is measured does not go back by itself. */
  readonly startsAnew?: boolean;
  /** Too long to repeat: one round. */
  readonly once?: boolean;
  /** Left out with `--quick`, unless it is asked for by name. */
  readonly isSlow?: boolean;
  /** False where the subject's protocol has no such thing. */
  readonly fits: (subject: Subject) => boolean;
  /** Shows that the subject answers rightly, then warms it up. Throws with what came instead. */
  readonly getReady: (running: RunningSubject, timing: Timing) => Promise<void>;
  readonly measure: (measured: Measured) => Promise<Figures>;
  /** The backend alone, without any subject. */
  readonly measureBackend?: (backendPort: number, timing: Timing) => Promise<Figures>;
}

export interface Measured {
  readonly running: RunningSubject;
  readonly timing: Timing;
  /** What `measureBackend` found in the same round. */
  readonly backend: Figures;
}
