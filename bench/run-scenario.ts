import type { Backend } from './backend.ts';
import { type Figures, type Summary, summarise } from './figures.ts';
import type { HttpRequest } from './http-request.ts';
import { expectAnswer, type RunningSubject, startSubject } from './running-subject.ts';
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

interface Participant {
  readonly running: RunningSubject;
  readonly request: HttpRequest;
  readonly rounds: Figures[];
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
  const participants = new Map<string, Participant>();
  const backendRounds: Figures[] = [];

  async function attempt(subject: Subject, work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const process = participants.get(subject.name)?.running.process;
      const message = error instanceof Error ? error.message : String(error);
      const reason = process?.gone ? `${message}\nIt had ended:\n${process.log}` : message;
      console.error(`${scenario.name}: ${subject.name}: ${reason}`);
      failures.push({ scenario: scenario.name, subject: subject.name, reason });
      await process?.stop();
      participants.delete(subject.name);
    }
  }

  for (const subject of subjects) {
    const start = subject.commands[scenario.setup];
    const request = scenario.request(subject.protocol);
    if (!start || !request) continue;
    await attempt(subject, async () => {
      const stage = {
        ...scenario,
        backendPort: backend.port,
        weir: scenario.weir ?? {},
      };
      const running = await startSubject(subject, start, stage);
      participants.set(subject.name, { running, request, rounds: [] });
      await expectAnswer(running, request, scenario.marker, scenario.batch);
      await scenario.warmUp?.({ running, request, timing, backend: {} });
    });
  }

  for (let round = 0; round < timing.rounds; round++) {
    const direct = (await scenario.measureBackend?.(backend.port, timing)) ?? {};
    if (scenario.measureBackend) backendRounds.push(direct);
    for (const { running, request, rounds } of participants.values()) {
      await attempt(running.subject, async () => {
        rounds.push(await scenario.measure({ running, request, timing, backend: direct }));
      });
    }
  }

  const runs = Array.from(participants, ([subject, { rounds }]) =>
    toRun(scenario, subject, rounds),
  );
  for (const { running } of participants.values()) await running.process.stop();
  if (backendRounds.length > 0) runs.push(toRun(scenario, BACKEND, backendRounds));
  return { runs, failures };
}

const toRun = ({ name }: Scenario, subject: string, rounds: readonly Figures[]): Run => ({
  scenario: name,
  subject,
  summary: summarise(rounds),
});
