// How long until a contract of a thousand methods can be called, and how long does the first message of each
// type take? Every figure is of one process's first time, so run it several times: `node bench/micro/first-use.ts`.
// With `--cold` nothing is warmed up first, as a gateway does at its start.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { compileFolders } from '../../src/contract/compile-folders.ts';
import { mergeDescriptorSets } from '../../src/contract/merge-descriptor-sets.ts';
import { readDescriptorSet } from '../../src/contract/read-descriptor-set.ts';
import { createSnapshot } from '../../src/contract/snapshot.ts';
import { createTranscoder } from '../../src/transcode/transcoder.ts';
import { warmUpTranscoder } from '../../src/transcode/warm-up.ts';
import { BUILD } from '../places.ts';

const PACKAGES = 50;
const METHODS = 20;

const folder = join(BUILD, 'thousand-methods');
rmSync(folder, { recursive: true, force: true });
for (let i = 0; i < PACKAGES; i++) {
  mkdirSync(join(folder, `desk${i}/v1`), { recursive: true });
  writeFileSync(join(folder, `desk${i}/v1/desk.proto`), protoOf(`desk${i}.v1`, i));
}
const bytes = await compileFolders([folder]);

const start = performance.now();
const files = mergeDescriptorSets([{ name: 'all', files: readDescriptorSet(bytes, 'methods') }]);
const published = new Set(files.file.map(({ name }) => name).filter((name) => /^desk/.test(name)));
const { registry, methods } = createSnapshot({ files, published });
const transcoder = createTranscoder(registry);
const codecs = [...methods.values()].map(({ descriptor }) => transcoder.codec(descriptor.output));
const loaded = performance.now();
console.log(`${methods.size} methods, ${bytes.length} bytes: ${ms(loaded - start)} to load`);

if (!process.argv.includes('--cold')) {
  const before = performance.now();
  warmUpTranscoder();
  console.log(`warming up: ${ms(performance.now() - before)}`);
}

const decode: number[] = [];
const encode: number[] = [];
const values = [['a', 'é'], '2026-01-31T14:30:00Z', 1.5, { a: 'b' }, 1];
for (const codec of codecs.slice(0, 200)) {
  const { fields } = codec.descriptor;
  const json = Object.fromEntries(values.map((value, i) => [fields[i]?.jsonName, value]));
  const before = performance.now();
  const message = codec.encode(json);
  const between = performance.now();
  codec.decode(message);
  encode.push(between - before);
  decode.push(performance.now() - between);
}
describe('first encode', encode);
describe('first decode', decode);

function describe(title: string, times: readonly number[]): void {
  const [first = 0, ...others] = times;
  const sorted = others.toSorted((a, b) => a - b);
  const at = (share: number) => ms(sorted[Math.floor(share * sorted.length)] ?? 0);
  console.log(
    `${title} of a type: ${ms(first)} for the first type, then ${at(0.5)} (median), ${at(0.9)} (90 %), ${at(0.99)} (99 %)`,
  );
}

function ms(time: number): string {
  return `${time.toFixed(2)} ms`;
}

function protoOf(packageName: string, index: number): string {
  const own = (i: number) => `${packageName.replace('.', '_')}_${i}`;
  const methodLines = Array.from(
    { length: METHODS },
    (_, i) => `  // Gets number ${i}.
  rpc Get${i}(Get${i}Request) returns (Get${i}Response) {
    option idempotency_level = NO_SIDE_EFFECTS;
    option (weir.v1.method) = {access: {authenticated: true}, timeout: {seconds: 1}};
  }`,
  );
  // Fields have names and numbers of their own, or V8 would find that it has compiled the same code before.
  const numberOf = (i: number, field: number) => (index * METHODS + i) * 10 + field;
  const messages = Array.from(
    { length: METHODS },
    (_, i) => `// Asks for number ${i}.
message Get${i}Request {
  // Which one.
  string id_${own(i)} = ${numberOf(i, 1)};
  int32 page_size_${own(i)} = ${numberOf(i, 2)};
  string page_token_${own(i)} = ${numberOf(i, 3)};
}
// Number ${i}.
message Get${i}Response {
  // What it is called.
  repeated string names_${own(i)} = ${numberOf(i, 1)};
  google.protobuf.Timestamp at_${own(i)} = ${numberOf(i, 2)};
  double price_${own(i)} = ${numberOf(i, 3)};
  map<string, string> labels_${own(i)} = ${numberOf(i, 4)};
  State${i} state_${own(i)} = ${numberOf(i, 5)};
  Get${i}Request request_${own(i)} = ${numberOf(i, 6)};
  int64 sequence_${own(i)} = ${numberOf(i, 7)};
  bool open_${own(i)} = ${numberOf(i, 8)};
}
enum State${i} {
  STATE${i}_UNSPECIFIED = 0;
  STATE${i}_ON = 1;
}`,
  );
  return `syntax = "proto3";
package ${packageName};
import "google/protobuf/timestamp.proto";
import "weir/v1/options.proto";
// All of them.
service DeskService {
  option (weir.v1.service) = {upstream: "desk"};
${methodLines.join('\n')}
}
${messages.join('\n')}
`;
}
