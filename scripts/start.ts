// The sample deployment: two backends, the gateway and the trading screen, until Ctrl-C.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '..');
const children: ChildProcess[] = [];
let stopping = false;

process.on('SIGINT', stop);
process.on('SIGTERM', stop);

prepare('Generating the client from proto/', ['scripts/generate.ts']);
prepare('Building the client and the trading screen', ['scripts/build.ts']);
await startProcess('market backend', ['examples/backends/market.ts', '--port', '4101']);
await startProcess('orders backend', ['examples/backends/orders.ts', '--port', '4102']);
await startProcess('gateway', ['src/main.ts', 'serve'], { WEIR_LOG__FORMAT: 'json' });

const url = `http://127.0.0.1:${process.env.WEIR_SERVER__PORT ?? 4000}`;
const input = encodeURIComponent(JSON.stringify({ symbol: 'AAPL' }));
console.log(`
Weir is up.

  Open   ${url}          the trading screen
         ${url}/health   the gateway and its backends
  Try    curl '${url}/trpc/market.v1.quoteService.getQuote?input=${input}'
         npm run weir routes     what can be called, and by whom

Ctrl-C ends everything.
`);

function prepare(title: string, args: readonly string[]): void {
  console.log(`${title} …`);
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`${title} failed; see above.`);
    process.exit(1);
  }
}

/** Resolves with the process's first line on standard output, which each prints once it listens. */
async function startProcess(
  title: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<void> {
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
    // Ctrl-C reaches the whole group; the children must hear of it from us, in order.
    detached: true,
  });
  children.push(child);
  child.once('exit', (code, signal) => {
    if (stopping) return;
    console.error(`The ${title} ended by itself (${signal ?? `status ${code}`}).`);
    process.exitCode = 1;
    void stop();
  });
  const lines = createInterface({ input: child.stdout });
  await Promise.race([once(lines, 'line'), once(child, 'exit')]);
  lines.on('line', (line) => console.log(`${title}: ${line}`));
}

/** Ends the gateway before its backends, so that running calls can finish. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const child of children.reverse()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}
