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
  readonly summary: Summary;
}

export interface Failure {
  readonly scenario: string;
  readonly subject: string;
  readonly reason: string;
}

/**
 * Runs one scenario: every subject is started and shown to answer rightly, then they take turns, round by
 * round, so that a change of the machine's mood meets all of them. A subject that fails is left out.
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

  async function start(subject: Subject): Promise<RunningSubject> {
    const command = subject.commands[scenario.setup];
    if (!command) throw new Error(`${subject.name} does not serve ${scenario.setup}.`);
    const stage = { ...scenario, backendPort: backend.port, weir: scenario.weir ?? {} };
    const running = await startSubject(subject, command, stage);
    started.set(subject, running);
    await scenario.getReady(running, timing);
    return running;
  }

  async function stop(subject: Subject): Promise<void> {
    await started.get(subject)?.process.stop();
    started.delete(subject);
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
    if (!subject.commands[scenario.setup] || !scenario.fits(subject.protocol)) continue;
    rounds.set(subject, []);
    if (scenario.startsAnew) continue;
    await start(subject).catch((error: unknown) => leaveOut(subject, error));
  }

  for (let round = 0; round < timing.rounds; round++) {
    const direct = (await scenario.measureBackend?.(backend.port, timing)) ?? {};
    if (scenario.measureBackend) backendRounds.push(direct);
    for (const [subject, measured] of rounds) {
      try {
        const running = started.get(subject) ?? (await start(subject));
        measured.push(await scenario.measure({ running, timing, backend: direct }));
        if (scenario.startsAnew) await stop(subject);
      } catch (error) {
        await leaveOut(subject, error);
      }
    }
  }

  for (const subject of [...started.keys()]) await stop(subject);
  const runs = Array.from(rounds, ([{ name }, measured]) => toRun(scenario, name, measured));
  if (backendRounds.length > 0) runs.push(toRun(scenario, BACKEND, backendRounds));
  return { runs, failures };
}

const toRun = ({ name }: Scenario, subject: string, rounds: readonly Figures[]): Run => ({
  scenario: name,
  subject,
  summary: summarise(rounds),
});
