import { accessSync, constants, existsSync } from 'node:fs';
import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UserError } from '../lib/user-error.ts';
import type { AuditSink } from './audit-log.ts';

export interface AuditFileOptions {
  readonly path: string;
  /** The file is put aside when it would grow beyond this. Default 64 MiB. */
  readonly maxBytes?: number;
  /** How many files are kept beside the current one: `path.1` is the latest. Default 10. */
  readonly keep?: number;
  /** What may wait for a slow disk before lines are dropped. Default 8 MiB. */
  readonly maxQueuedBytes?: number;
  /** How long a disk that hangs is waited for, when somebody waits. Default 2 s. */
  readonly patienceMs?: number;
  readonly onError?: (error: unknown) => void;
}

/**
 * What is to be audited must be, so a file that cannot be written is found out before the first line. It is
 * not opened for that, which a disk that hangs would hold up for ever.
 * @throws UserError
 */
export function requireAuditFile(path: string): void {
  try {
    accessSync(existsSync(path) ? path : dirname(path), constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UserError(`auth.audit.file cannot be written: ${reason}.`, [], { cause });
  }
}

/**
 * Appends audit lines to a file that only its owner can read, and rotates it by size. Lines are written
 * in order, many with one write; after a burst that the disk cannot take, a line says how many were lost.
 */
export function createAuditFile(options: AuditFileOptions): AuditSink {
  const { path, maxBytes = 67_108_864, keep = 10, maxQueuedBytes = 8_388_608 } = options;
  const { patienceMs = 2_000, onError = () => {} } = options;
  let queue: string[] = [];
  let queuedBytes = 0;
  let lost = 0;
  let writing: Promise<void> | undefined;
  let file: FileHandle | undefined;
  let fileBytes = 0;

  async function openFile(): Promise<FileHandle> {
    if (file === undefined) {
      // 'a' is O_APPEND: whatever was written stays, even with two writers.
      file = await open(path, 'a', 0o600);
      fileBytes = (await file.stat()).size;
    }
    return file;
  }

  async function rotate(): Promise<void> {
    await file?.close();
    file = undefined;
    await rm(`${path}.${keep}`, { force: true });
    for (let age = keep - 1; age >= 1; age--) {
      await rename(`${path}.${age}`, `${path}.${age + 1}`).catch(() => {});
    }
    await rename(path, `${path}.1`);
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      const lines = queue;
      const bytes = queuedBytes;
      queue = [];
      queuedBytes = 0;
      try {
        await openFile();
        if (fileBytes > 0 && fileBytes + bytes > maxBytes) await rotate();
        await (await openFile()).appendFile(lines.join(''));
        fileBytes += bytes;
      } catch (error) {
        lost += lines.length;
        onError(error);
      }
    }
  }

  function enqueue(line: string): void {
    queue.push(line);
    queuedBytes += Buffer.byteLength(line);
    writing ??= drain().finally(() => {
      writing = undefined;
    });
  }

  return {
    write(line) {
      if (queuedBytes + line.length > maxQueuedBytes) {
        lost++;
        return;
      }
      if (lost > 0) {
        const time = new Date().toISOString();
        const said = { time, action: 'audit.lost', outcome: 'failed', target: `${lost} lines` };
        lost = 0;
        enqueue(`${JSON.stringify(said)}\n`);
      }
      enqueue(line);
    },
    async flushed() {
      if (writing !== undefined) await inTime(writing);
    },
    async close() {
      if (await inTime(finish())) return;
      const waiting = queue.length;
      onError(
        new Error(`${path} does not take a write: it and ${waiting} lines behind it may be lost`),
      );
    },
  };

  async function finish(): Promise<void> {
    while (writing !== undefined) await writing;
    await file?.close();
    file = undefined;
  }

  /** Whether it is done; nothing that the disk does ends a write that hangs in it. */
  async function inTime(work: Promise<void>): Promise<boolean> {
    const late = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => late.resolve(false), patienceMs);
    try {
      return await Promise.race([work.then(() => true), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** Audit lines on standard output, beside the log; `audit: true` tells them apart. */
export function createAuditStdout(stream: NodeJS.WritableStream = process.stdout): AuditSink {
  return {
    write: (line) => void stream.write(`{"audit":true,${line.slice(1)}`),
    flushed: () => new Promise((resolve) => stream.write('', () => resolve())),
    close: async () => {},
  };
}
