import { expect, test } from 'vitest';
import { overloadSection } from '../config/overload-section.ts';
import type { Priority } from '../contract/policy.ts';
import { writePage } from '../telemetry/metrics/exposition.ts';
import { loadFamilies } from '../telemetry/metrics/load-families.ts';
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

test('what is refused is counted by priority and by what there was too little of', () => {
  const { shedder, read } = setUp();
  const step = createUnaryShedLoad(shedder)(() => Promise.reject(new Error('not to be reached')));
  const call = (priority: Priority) => ({ method: { policy: { priority } } }) as unknown as Call;
  const refuse = (priority: Priority) => expect(() => step(call(priority))).toThrow(/more to do/);
  read({ heapShare: 0.9 });
  refuse('bulk');
  refuse('bulk');
  read({ loopDelayMs: 600 });
  refuse('default');
  expect(shedder.read()).toEqual({
    shedding: { bulk: true, default: true, critical: false },
    refused: {
      bulk: { heap: 2, 'event loop': 0 },
      default: { heap: 0, 'event loop': 1 },
      critical: { heap: 0, 'event loop': 0 },
    },
  });
  expect(writePage(loadFamilies(shedder.read), 'text')).toContain(
    'weir_load_shedding{priority="default"} 1\nweir_load_shedding{priority="critical"} 0\n',
  );
  expect(writePage(loadFamilies(shedder.read), 'text')).toContain(
    'weir_load_shed_total{priority="bulk",shortage="heap"} 2\n',
  );
});
