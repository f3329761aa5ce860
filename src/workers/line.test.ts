import { expect, test } from 'vitest';
import { WeirError } from '../errors.ts';
import { Line } from './line.ts';

interface Echo {
  echo(text: string): string;
  refuse(reason: string): void;
  never(): Promise<void>;
}

const duties: Echo = {
  echo: (text) => `${text}!`,
  refuse(reason) {
    throw new WeirError('ABORTED', reason);
  },
  never: () => new Promise(() => {}),
};

/** Two ends in one process; what passes is copied as between processes. */
function connect(): Line<Echo, Echo> {
  const near: Line<Echo, Echo> = new Line(
    (message) => far.receive(structuredClone(message)),
    duties,
  );
  const far: Line<Echo, Echo> = new Line(
    (message) => near.receive(structuredClone(message)),
    duties,
  );
  return near;
}

const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => 'answered',
    (error: unknown) => (error instanceof WeirError ? `${error.code}: ${error.message}` : error),
  );

test('answers find their questions', async () => {
  const line = connect();
  const answers = await Promise.all(['a', 'b', 'c'].map((text) => line.ask('echo', text)));
  expect(answers).toEqual(['a!', 'b!', 'c!']);
});

test('a refusal keeps its code and its words', async () => {
  expect(await failureOf(connect().ask('refuse', 'busy'))).toBe('ABORTED: busy');
});

test('who does not answer is not waited for', async () => {
  expect(await failureOf(connect().ask('never', undefined, 20))).toBe(
    'DEADLINE_EXCEEDED: A process of the gateway does not answer.',
  );
});

test('an end that is gone answers no more, and is asked no more', async () => {
  const line = connect();
  const waiting = failureOf(line.ask('never', undefined));
  line.close();
  expect(await waiting).toMatch(/^UNAVAILABLE: /);
  expect(await failureOf(line.ask('echo', 'a'))).toMatch(/^UNAVAILABLE: /);
});

test('what is not of this line is passed over', () => {
  const line = connect();
  for (const message of [undefined, 'text', { cmd: 'NODE_CLUSTER' }, { id: 1 }]) {
    expect(() => line.receive(message)).not.toThrow();
  }
});

test('what makes no sense is answered as a fault or by nothing, and the line goes on', async () => {
  const sent: object[] = [];
  const line = new Line<Echo, Echo>((message) => sent.push(message), duties);
  for (const message of [
    { kind: 'no such kind', id: 1 },
    { kind: 'answer', id: 999, value: 'to nobody' },
    { kind: 'failure', id: '__proto__', code: {}, message: [] },
    { kind: 'ask', id: 7, name: '__proto__', question: undefined },
    { kind: 'ask', id: 8, name: {}, question: 'x'.repeat(1_000_000) },
    { kind: 'ask', id: 9, name: 'echo', question: 'a' },
  ]) {
    line.receive(message);
  }
  await expect.poll(() => sent).toHaveLength(3);
  expect(sent).toEqual([
    expect.objectContaining({ kind: 'failure', id: 7, code: 'INTERNAL' }),
    expect.objectContaining({ kind: 'failure', id: 8, code: 'INTERNAL' }),
    { kind: 'answer', id: 9, value: 'a!' },
  ]);
});

test('an answer after the time limit, or a second one, is nobody’s', async () => {
  const sent: object[] = [];
  const line = new Line<Echo, Echo>((message) => sent.push(message), duties);
  expect(await failureOf(line.ask('never', undefined, 1))).toMatch(/^DEADLINE_EXCEEDED/);
  line.receive({ kind: 'answer', id: 1, value: undefined });
  const asked = line.ask('echo', 'a');
  line.receive({ kind: 'answer', id: 2, value: 'first' });
  line.receive({ kind: 'failure', id: 2, code: 'ABORTED', message: 'second' });
  expect(await asked).toBe('first');
});

test('a question that cannot be sent fails, and leaves nothing behind', async () => {
  const line = new Line<Echo, Echo>((message) => void structuredClone(message), duties);
  const uncopied: unknown = () => {};
  expect(await failureOf(line.ask('never', uncopied as undefined, 1))).toMatchObject({
    name: 'DataCloneError',
  });
  // Its time limit would be nobody's to catch, which vitest reports as a failure.
  await new Promise((resolve) => setTimeout(resolve, 20));
});
