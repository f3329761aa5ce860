import cluster from 'node:cluster';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommonDuties, WorkerProcess } from './worker-process.ts';

const unused = () => {
  throw new Error('nobody is there to ask');
};
const duties = () => new Proxy({}, { get: () => unused }) as CommonDuties;

// A folder that is gone is told by an event, one that is none is thrown; as no more processes, and no memory.
test.each([
  ['told later', join(tmpdir(), 'weir-no-such-folder'), /ENOENT/],
  ['thrown', import.meta.filename, /ENOTDIR/],
])(
  'a worker that cannot be started has ended, and the primary has not: %s',
  async (_, cwd, why) => {
    cluster.setupPrimary({ exec: 'worker.js', cwd });
    const worker = new WorkerProcess(1, duties);
    await expect(worker.serving).rejects.toThrow(why);
    expect(await worker.exited).toEqual({ code: null, signal: null });
    expect(() => worker.signal('SIGKILL')).not.toThrow();
  },
);
