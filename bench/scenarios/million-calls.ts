import { getQuote } from '../calls/get-quote.ts';
import { saturate } from '../load/saturate.ts';
import { measureCpu } from '../measure-cpu.ts';
import { expectAnswer } from '../running-subject.ts';
import type { Scenario } from '../scenario.ts';

const FEW = 100_000;
const MANY = 1_000_000;
const CONNECTIONS = 64;

export default {
  name: 'million-calls',
  about: "a million small queries: does Weir's memory grow?",
  setup: 'gateway',
  calls: [getQuote],
  batch: 1,
  compares: 'rssMb',
  subjects: ['weir'],
  once: true,
  isSlow: true,
  fits: () => true,
  getReady: (running) =>
    expectAnswer(running, running.subject.protocol.unary(getQuote), getQuote.marker, 1),
  async measure({ running: { port, process, subject } }) {
    const request = subject.protocol.unary(getQuote);
    let made = 0;
    let took = 0;
    async function callUntil(count: number): Promise<void> {
      while (made < count) {
        const { requests, seconds } = await saturate(port, request, CONNECTIONS, 2);
        made += requests;
        took += seconds;
      }
    }

    await callUntil(FEW);
    const early = process.rssMb();
    const beforeLast = made;
    const { cpuSeconds, shares } = await measureCpu(process, () => callUntil(MANY));
    return {
      requestsPerSecond: made / took,
      callsPerSecond: made / took,
      cpuUsPerCall: (cpuSeconds / (made - beforeLast)) * 1e6,
      rssMb: process.rssMb(),
      rssGrowthMb: process.rssMb() - early,
      ...shares,
    };
  },
} satisfies Scenario;
