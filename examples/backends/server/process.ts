import { type BackendOptions, parseOptions } from './options.ts';
import { type Backend, serve } from './serve.ts';

/**
 * Runs one backend as this process: prints `{"listening":"127.0.0.1:41234","service":"market"}` when
 * ready, and ends on SIGTERM, on SIGINT, and when the process that started it is gone.
 */
export async function runProcess(create: (options: BackendOptions) => Backend): Promise<void> {
  try {
    const options = parseOptions(process.argv.slice(2));
    const backend = create(options);
    const running = await serve(backend, options);
    const end = onceOnly(async () => {
      await running.close();
      process.exit(0);
    });
    process.on('SIGTERM', end);
    process.on('SIGINT', end);
    onParentDeath(end);
    process.stdout.write(
      `${JSON.stringify({ listening: running.address, service: backend.name })}\n`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

/** An orphan is adopted by another process, so its parent's id changes. */
function onParentDeath(end: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 250).unref();
}

function onceOnly(action: () => Promise<void>): () => void {
  let started = false;
  return () => {
    if (started) return;
    started = true;
    void action();
  };
}
