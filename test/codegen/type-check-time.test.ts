import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { generateClient } from '../../src/codegen/generate-client.ts';
import { buildDescriptorSet } from './build-descriptor-set.ts';

const SERVICES = 25;
const METHODS = 20;

// Inside the repository, so that `@trpc/server` resolves; not committed.
const OUTPUT = join(import.meta.dirname, '..', '..', '.weir', 'test', 'type-check-time');

/** Each method has messages of its own, with a oneof, a map, an enum and a reference to itself. */
function contractOf(service: number): string {
  const methods = Array.from({ length: METHODS }, (_, method) => {
    const name = `Do${method}`;
    return {
      rpc: `rpc ${name}(${name}Request) returns (${name}Response) { option idempotency_level = NO_SIDE_EFFECTS; }`,
      messages: `
        message ${name}Request {
          string id = 1;
          optional int64 version = 2;
          map<string, double> weights = 3;
          oneof by { string name = 4; int64 number = 5; google.protobuf.Timestamp time = 6; }
        }
        message ${name}Response {
          string id = 1;
          State state = 2;
          repeated ${name}Response children = 3;
          google.protobuf.Struct attributes = 4;
          oneof result { string text = 5; double value = 6; ${name}Request echo = 7; }
        }`,
    };
  });
  return `syntax = "proto3";
    package load.s${service}.v1;
    import "google/protobuf/struct.proto";
    import "google/protobuf/timestamp.proto";
    service LoadService { ${methods.map(({ rpc }) => rpc).join('\n')} }
    enum State { STATE_UNSPECIFIED = 0; STATE_ON = 1; STATE_OFF = 2; }
    ${methods.map(({ messages }) => messages).join('\n')}`;
}

test(`a contract of ${SERVICES * METHODS} methods compiles, and the time it takes is on record`, () => {
  rmSync(OUTPUT, { recursive: true, force: true });
  const calls: string[] = [];
  for (let service = 0; service < SERVICES; service++) {
    const folder = join(OUTPUT, 'proto', 'load', `s${service}`, 'v1');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'load.proto'), contractOf(service));
    for (let method = 0; method < METHODS; method++) {
      const procedure = `load.s${service}.v1.loadService.do${method}`;
      calls.push(
        `void client.${procedure}.query({ name: 'a' }).then((answer) => answer.children[0]?.text);`,
      );
    }
  }
  generateClient({
    descriptorSet: buildDescriptorSet(join(OUTPUT, 'proto')),
    out: join(OUTPUT, 'generated'),
    importExtension: 'ts',
  });
  const head = `import { createTRPCClient } from '@trpc/client';
import type { AppRouter } from './generated/index.ts';
const client = createTRPCClient<AppRouter>({ links: [] });\n`;
  writeFileSync(join(OUTPUT, 'calls.ts'), head + calls.join('\n'));
  const compilerOptions = { incremental: false };
  writeFileSync(
    join(OUTPUT, 'tsconfig.json'),
    JSON.stringify({ extends: '../../../tsconfig.json', compilerOptions, include: ['calls.ts'] }),
  );

  const { stdout } = spawnSync('tsc', ['-p', OUTPUT, '--extendedDiagnostics'], {
    encoding: 'utf8',
  });

  const read = (label: string) =>
    Number(new RegExp(`^${label}:\\s+([\\d.]+)`, 'm').exec(stdout)?.[1]);
  const record = {
    methods: calls.length,
    checkSeconds: read('Check time'),
    totalSeconds: read('Total time'),
    memoryKilobytes: read('Memory used'),
    types: read('Types'),
    cpu: cpus()[0]?.model,
  };
  writeFileSync(join(OUTPUT, 'record.json'), `${JSON.stringify(record, undefined, 2)}\n`);
  console.log(record);
  expect(stdout.match(/error TS.*/g)).toBeNull();
  expect(record.types).toBeGreaterThan(0);
}, 120_000);
