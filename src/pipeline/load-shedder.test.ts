import { expect, test } from 'vitest';
import { overloadSection } from '../config/overload-section.ts';
import type { Priority } from '../contract/policy.ts';
import type { Call } from './call.ts';
import { createLoadShedder } from './load-shedder.ts';
import { createUnaryShedLoad } from './shed-load.ts';

const CALM = { loopDelayMs: 5, heapShare: 0.4 };

function setUp() {
  let now = CALM;
  const changes: string[] = [];
  const shedder = createLoadShedder(
    overloadSection.parse({}),
    { loopDelayMs: () => now.loopDelayMs, heapShare: () => now.heapShare },
    (shed) => changes.push(shed.join()),
  );
  return {
    shedder,
    changes,
    read(reading: Partial<typeof CALM>) {
      now = { ...CALM, ...reading };
      shedder.look();
    },
  };
}

test.each<[Partial<typeof CALM>, Priority[]]>([
  [{}, []],
  [{ loopDelayMs: 249 }, []],
  [{ loopDelayMs: 250 }, ['bulk']],
  [{ loopDelayMs: 500 }, ['bulk', 'default']],
  [{ loopDelayMs: 2_000 }, ['bulk', 'default', 'critical']],
  [{ heapShare: 0.849 }, []],
  [{ heapShare: 0.85 }, ['bulk']],
  [{ heapShare: 0.95 }, ['bulk', 'default']],
  [{ heapShare: 0.98 }, ['bulk', 'default', 'critical']],
  [{ heapShare: 0.95, loopDelayMs: 2_000 }, ['bulk', 'default', 'critical']],
])('at %j it refuses %j', (reading, expected) => {
  const { shedder, read } = setUp();
  read(reading);
  const shed = (['bulk', 'default', 'critical'] as const).filter(
    (priority) => shedder.shortageFor(priority) !== undefined,
  );
  expect(shed).toEqual(expected);
});

test('each change is told once, and so is its end', () => {
  const { read, changes } = setUp();
  read({});
  read({ heapShare: 0.9 });
  read({ heapShare: 0.91 });
  read({ heapShare: 0.96 });
  read({});
  expect(changes).toEqual(['bulk', 'bulk,default', '']);
});

test('a call that is refused learns why and when to come back, and costs nothing', () => {
  const { shedder, read } = setUp();
  const passed: Priority[] = [];
  const handle = createUnaryShedLoad(shedder)((call) => {
    passed.push(call.method.policy.priority);
    return { json: '{}', headers: [] };
  });
  const call = (priority: Priority) =>
    handle({ method: { policy: { priority } } } as unknown as Call);
  read({ heapShare: 0.96 });
  call('critical');
  expect(() => call('bulk')).toThrow(
    expect.objectContaining({
      code: 'RESOURCE_EXHAUSTED',
      retryAfterMs: 1_000,
      neverSent: true,
      details: [
        expect.objectContaining({
          reason: 'GATEWAY_OVERLOADED',
          metadata: { shortage: 'heap', priority: 'bulk' },
        }),
      ],
    }),
  );
  expect(passed).toEqual(['critical']);
});
