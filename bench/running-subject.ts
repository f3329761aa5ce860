import { setTimeout as sleep } from 'node:timers/promises';
import { SUBJECT_CORE } from './cores.ts';
import { type HttpRequest, sendOnce } from './http-request.ts';
import { PinnedProcess } from './pinned-process.ts';
import { accepts, freePort } from './ports.ts';
import type { Stage, Subject } from './subject.ts';

const START_TIMEOUT_MS = 60_000;

/** A subject that has answered its first request rightly. */
export interface RunningSubject {
  readonly subject: Subject;
  readonly port: number;
  readonly process: PinnedProcess;
}

export async function startSubject(
  subject: Subject,
  start: NonNullable<Subject['commands'][keyof Subject['commands']]>,
  stage: Omit<Stage, 'port'>,
): Promise<RunningSubject> {
  const port = await freePort();
  const process = new PinnedProcess(start({ ...stage, port }), SUBJECT_CORE);
  await listening(subject.name, port, process);
  return { subject, port, process };
}

/**
 * Asks until the answer holds `marker` at least `times` times, which shows that the subject does the work
 * it is measured for; throws what came instead when it does not within the time-out.
 */
export async function expectAnswer(
  { subject, port, process }: RunningSubject,
  request: HttpRequest,
  marker: string,
  times: number,
): Promise<void> {
  const isRight = (body: Buffer) => count(body, marker) >= times;
  const deadline = performance.now() + START_TIMEOUT_MS;
  let seen = 'nothing';
  while (performance.now() < deadline && !process.gone) {
    try {
      const answer = await sendOnce(port, request, isRight);
      if (answer.status === 200 && isRight(answer.body)) return;
      seen = `status ${answer.status} with ${answer.body.toString('utf8').slice(0, 300)}`;
    } catch (error) {
      seen = error instanceof Error ? error.message : String(error);
    }
    await sleep(200);
  }
  throw new Error(
    `${subject.name} does not answer ${request.path} as it should: ${seen}\n${process.log}`,
  );
}

async function listening(name: string, port: number, process: PinnedProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline && !process.gone) {
    if (await accepts(port)) return;
    await sleep(50);
  }
  process.kill();
  throw new Error(`${name} did not start:\n${process.log}`);
}

function count(body: Buffer, marker: string): number {
  let found = 0;
  for (let at = body.indexOf(marker); at !== -1; at = body.indexOf(marker, at + marker.length)) {
    found += 1;
  }
  return found;
}
