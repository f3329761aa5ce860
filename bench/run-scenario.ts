import type { Backend } from './backend.ts';
import { type Figures, type Summary, summarise } from './figures.ts';
import { type RunningSubject, startSubject } from './running-subject.ts';
import type { Scenario, Timing } from './scenario.ts';
import type { Subject } from './subject.ts';

/** The row of the backend itself. */
export const BACKEND = 'backend';

export interface Run {
  readonly scenario: string;
  readonly subject: string;
  readonly rounds: readonly Figures[];
  readonly summary: Summary;
}

export interface Failure {
  readonly scenario: string;
  readonly subject: string;
  readonly reason: string;
}

/**
 * Runs one scenario: every subject is started and shown to answer rightly, then they take turns, round by
 * round and every other round backwards, so that a change of the machine's mood meets all of them. A subject
 * that fails is left out.
 */
export async function runScenario(
  scenario: Scenario,
  subjects: readonly Subject[],
  backend: Backend,
  timing: Timing,
): Promise<{ runs: Run[]; failures: Failure[] }> {
  const failures: Failure[] = [];
  const started = new Map<Subject, RunningSubject>();
  const backendRounds: Figures[] = [];
  const rounds = new Map<Subject, Figures[]>();

  async function launch(subject: Subject): Promise<void> {
    const command = subject.commands[scenario.setup];
    if (!command) throw new Error(`${subject.name} does not serve ${scenario.setup}.`);
    const stage = {
      ...scenario,
      backendPort: backend.port,
      weir: scenario.weir ?? {},
      bare: scenario.bare ?? {},
    };
    started.set(subject, await startSubject(subject, command, stage));
  }

  function runningOf(subject: Subject): RunningSubject {
    const running = started.get(subject);
    if (!running) throw new Error(`${subject.name} is not running.`);
    return running;
  }

  async function stop(subject: Subject): Promise<void> {
    await started.get(subject)?.process.stop();
    started.delete(subject);
  }

  /** Does something with each of the subjects that are still in, and leaves out those that fail. */
  async function withEach(
    work: (subject: Subject) => Promise<void>,
    backwards = false,
  ): Promise<void> {
    const inOrder = [...rounds.keys()];
    for (const subject of backwards ? inOrder.reverse() : inOrder) {
      await work(subject).catch((error: unknown) => leaveOut(subject, error));
    }
  }

  async function leaveOut(subject: Subject, error: unknown): Promise<void> {
    const process = started.get(subject)?.process;
    const message = error instanceof Error ? error.message : String(error);
    const reason = process?.gone ? `${message}\nIt had ended:\n${process.log}` : message;
    console.error(`${scenario.name}: ${subject.name}: ${reason}`);
    failures.push({ scenario: scenario.name, subject: subject.name, reason });
    rounds.delete(subject);
    await stop(subject);
  }

  for (const subject of subjects) {
    if (!subject.commands[scenario.setup] || !scenario.fits(subject)) continue;
    rounds.set(subject, []);
  }
  if (!scenario.startsAnew) {
    // Side by side, for they take seconds to start and nothing is measured yet.
    const launched = new Map([...rounds.keys()].map((subject) => [subject, launch(subject)]));
    await Promise.allSettled(launched.values());
    await withEach(async (subject) => {
      await launched.get(subject);
      await scenario.getReady(runningOf(subject), timing);
    });
  }

  for (let round = 0; round < (scenario.once ? 1 : timing.rounds); round++) {
    const direct = (await scenario.measureBackend?.(backend.port, timing)) ?? {};
    if (scenario.measureBackend) backendRounds.push(direct);
    await withEach(
      async (subject) => {
        if (scenario.startsAnew) {
          await launch(subject);
          await scenario.getReady(runningOf(subject), timing);
        }
        const running = runningOf(subject);
        const figures = await scenario.measure({ running, timing, backend: direct });
        rounds.get(subject)?.push(figures);
        if (scenario.startsAnew) await stop(subject);
      },
      round % 2 === 1,
    );
  }

  await Promise.all([...started.keys()].map(stop));
  const runs = Array.from(rounds, ([{ name }, measured]) => toRun(scenario, name, measured));
  if (backendRounds.length > 0) runs.push(toRun(scenario, BACKEND, backendRounds));
  return { runs, failures };
}

const toRun = ({ name }: Scenario, subject: string, rounds: readonly Figures[]): Run => ({
  scenario: name,
  subject,
  rounds,
  summary: summarise(rounds),
});
