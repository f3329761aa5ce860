// What only shows in time: leaks of the HTTP/2 client, and a gateway whose collector of spans is dead.
import { parseArgs } from 'node:util';
import { outliveDeadCollector } from '../test/telemetry/dead-collector.ts';
import { checkForLeaks } from '../test/wire/leak-check.ts';

const { values } = parseArgs({
  options: {
    calls: { type: 'string', default: '1000000' },
    /** With a dead collector; 0 leaves it out. */
    minutes: { type: 'string', default: '10' },
    /** Calls a second meanwhile. */
    rate: { type: 'string', default: '200' },
  },
});

const calls = Number(values.calls);
if (calls > 0) {
  const { ended, grownBytes, left } = await checkForLeaks(calls);
  console.log(
    `${ended} calls ended, ${(grownBytes / 1024).toFixed(0)} KiB grown, left: ${left.join(', ') || 'nothing'}`,
  );
  check(ended === calls, 'calls did not end');
  check(left.length === 0, 'something was left behind');
  check(grownBytes < 4 * 1024 * 1024, 'memory grew');
}

const minutes = Number(values.minutes);
if (minutes > 0) {
  const callsPerSecond = Number(values.rate);
  const report = await outliveDeadCollector({ seconds: minutes * 60, callsPerSecond });
  const { residentMb, p50Ms, p99Ms, spans } = report;
  const [aliveMs, deadMs] = p50Ms;
  const [firstMb, lastMb] = residentMb;
  console.log(
    `${report.calls} calls at ${callsPerSecond} a second, the collector dead for ${minutes} minutes: ` +
      `RSS ${residentMb.map(toText).join(' → ')} MB, P50 ${p50Ms.map(toText).join(' → ')} ms, ` +
      `P99 ${p99Ms.map(toText).join(' → ')} ms, ${(report.cpuShare * 100).toFixed(0)} % of a core; ` +
      `${spans.ended} spans, ${spans.exported} exported, ${spans.dropped} dropped`,
  );
  check(lastMb <= firstMb * 1.1, 'memory grew');
  check(spans.dropped > 0, 'nothing was dropped, so the collector was not dead');
  check(spans.exported + spans.dropped === spans.ended, 'spans are unaccounted for');
  // The machine itself may be slower at one time than at another.
  check(deadMs < aliveMs * 1.5, 'calls became slower');
}

function check(holds: boolean, fault: string): void {
  if (holds) return;
  console.error(`FAILED: ${fault}`);
  process.exitCode = 1;
}

function toText(ms: number): string {
  return ms.toFixed(2);
}
