// The sample deployment: two backends, the gateway and the trading screen, until Ctrl-C.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { takenPorts } from './taken-ports.ts';

const root = join(import.meta.dirname, '..');

/** In the order they are started; `weir.yaml` says where the gateway finds the backends. */
const BACKENDS = [
  { title: 'market backend', script: 'examples/backends/market.ts', port: 4101 },
  { title: 'orders backend', script: 'examples/backends/orders.ts', port: 4102 },
] as const;

const children: ChildProcess[] = [];
let stopping = false;

// SIGHUP comes when the terminal is closed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop);

// Before anything is built anew below the feet of the deployment that holds the ports.
const taken = await takenPorts(BACKENDS.map(({ port }) => port));
if (taken.length > 0) {
  fail(
    `The sample backends need the ports ${BACKENDS.map(({ port }) => port).join(' and ')}, and ${taken.join(' and ')} cannot be had. Is another \`npm start\` running? End it first.`,
  );
}
prepare('Generating the client from proto/', ['scripts/generate.ts']);
prepare('Building the client and the trading screen', ['scripts/build.ts']);
for (const { title, script, port } of BACKENDS) {
  await startProcess(title, [script, '--port', String(port)]);
}
const url = await startProcess('gateway', ['src/main.ts', 'serve'], { WEIR_LOG__FORMAT: 'json' });
if (url !== undefined) announce(url);

function announce(url: string): void {
  const input = encodeURIComponent(JSON.stringify({ symbol: 'AAPL' }));
  console.log(`
Weir is up.

  Open   ${url}          the trading screen
         ${url}/health   the gateway and its backends
  Try    curl '${url}/trpc/market.v1.quoteService.getQuote?input=${input}'
         on the screen, sign in as "trader" with "trader-demo" to trade, as "viewer" with "viewer-demo" to look
         npm run weir routes     what can be called, and by whom

Ctrl-C ends everything.
`);
}

function prepare(title: string, args: readonly string[]): void {
  console.log(`${title} …`);
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  // Ctrl-C while it ran: the shell's own code for that.
  if (signal !== null) process.exit(130);
  if (status !== 0) fail(`${title} failed; see above.`);
}

/**
 * Resolves when the process says that it listens, with the address if it names one under `url`;
 * undefined when that will not happen, because the process or the whole deployment ended.
 */
async function startProcess(
  title: string,
  args: readonly string[],
  environment: Record<string, string> = {},
): Promise<string | undefined> {
  if (stopping) return undefined;
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
  lines.on('line', (line) => console.log(`${title}: ${line}`));
  return new Promise((resolve) => {
    child.once('exit', () => resolve(undefined));
    lines.on('line', (line) => {
      if (line.includes('"listening"')) resolve(/"url":"([^"]+)"/.exec(line)?.[1]);
    });
  });
}

/** Ends the gateway before its backends, so that running calls can finish. */
async function stop(): Promise<void> {
  if (stopping) return;
  stopping = true;
  for (const child of children.toReversed()) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGTERM');
    await once(child, 'exit');
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
