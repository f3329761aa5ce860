// What only shows in time: leaks of the HTTP/2 client, and a gateway whose collector of spans is dead.
import { parseArgs } from 'node:util';
import { outliveDeadCollector } from '../test/telemetry/dead-collector.ts';
import { checkForLeaks } from '../test/wire/leak-check.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    /** With a dead collector. */
    minutes: { type: 'string', default: '10' },
  },
});

const calls = Number(values.calls);
if (calls > 0) {
  const { ended, grownBytes, left } = await checkForLeaks(calls);
  console.log(
    `${ended} calls ended, ${(grownBytes / 1024).toFixed(0)} KiB grown, left: ${left.join(', ') || 'nothing'}`,
  );
  check(ended === calls && left.length === 0 && grownBytes < 4 * 1024 * 1024);
}

const minutes = Number(values.minutes);
if (minutes > 0) {
  const report = await outliveDeadCollector(minutes * 60);
  const { p50Ms, p99Ms, grownMb, dropped, unaccounted } = report;
  const [aliveMs, deadMs] = p50Ms;
  console.log(
    `${report.calls} calls, the collector dead for ${minutes} minutes: ${grownMb.toFixed(1)} MB grown, ` +
      `P50 ${p50Ms.map(toText).join(' → ')} ms, P99 ${p99Ms.map(toText).join(' → ')} ms, ` +
      `${dropped} spans dropped, ${unaccounted} under way`,
  );
  // One batch is with the collector; the machine itself may be slower at one time than at another.
  check(grownMb < 16 && deadMs < aliveMs * 1.5 && dropped > 0);
  check(unaccounted >= 0 && unaccounted <= 512);
}

function check(holds: boolean): void {
  if (!holds) process.exitCode = 1;
}

function toText(ms: number): string {
  return ms.toFixed(2);
}
