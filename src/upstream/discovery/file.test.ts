import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { UserError } from '../../lib/user-error.ts';
import type { EndpointTarget } from '../endpoint.ts';
import type { Discovery } from './discovery.ts';
import { createFileDiscovery } from './file.ts';

let folder: string;
let path: string;
let discovery: Discovery;
let lists: (readonly EndpointTarget[])[];
const failures: unknown[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'weir-discovery-'));
  path = join(folder, 'endpoints.yaml');
  lists = [];
  failures.length = 0;
});

afterEach(() => {
  discovery.stop();
  rmSync(folder, { recursive: true });
});

function discover(text: string): Promise<void> {
  writeFileSync(path, text);
  discovery = createFileDiscovery({
    path,
    pollMs: 5,
    events: { discovered: () => {}, discoveryFailed: (error) => failures.push(error) },
  });
  return discovery.start((targets) => lists.push(targets));
}

/** At once, as whoever writes such a file should: half a file would be told as a broken one. */
function rewrite(text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}

const addresses = () => lists.at(-1)?.map(({ address }) => address);

test('addresses alone, and with what balancing may know of them', async () => {
  await discover('- 10.0.0.1:50051\n- { address: "unix:/run/b.sock", weight: 2, version: v2 }\n');
  expect(lists).toEqual([
    [
      { address: '10.0.0.1:50051', weight: 1, zone: '', version: '' },
      { address: 'unix:/run/b.sock', weight: 2, zone: '', version: 'v2' },
    ],
  ]);
});

test.each([
  ['no YAML', '[', /cannot be read as a list of endpoints/],
  ['no list', 'market: 10.0.0.1:50051', /the file: expected a list of endpoints/],
  ['an empty list', '[]', /the file: expected an endpoint/],
  ['no address', '[10.0.0.1]', /0: expected "host:port"/],
  ['no port', '["10.0.0.1:99999"]', /0: expected/],
])('%s is refused at the start', async (_, text, message) => {
  const error = await discover(text).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UserError);
  expect(
    `${error instanceof UserError ? [error.message, ...error.problems].join('\n') : ''}`,
  ).toMatch(message);
});

test('a change is told, a broken or missing file is not', async () => {
  await discover('["10.0.0.1:1"]');
  rewrite('["10.0.0.1:1", "10.0.0.2:1"]');
  await vi.waitFor(() => expect(addresses()).toEqual(['10.0.0.1:1', '10.0.0.2:1']));
  rewrite('["10.0.0.1"]');
  await vi.waitFor(() => expect(failures).toHaveLength(1));
  rmSync(path);
  await vi.waitFor(() => expect(failures).toHaveLength(2));
  expect(addresses()).toEqual(['10.0.0.1:1', '10.0.0.2:1']);
  rewrite('["10.0.0.3:1"]');
  await vi.waitFor(() => expect(addresses()).toEqual(['10.0.0.3:1']));
});

test('a link that points elsewhere is a change, as of a Kubernetes ConfigMap', async () => {
  const [first, second] = [join(folder, 'first'), join(folder, 'second')];
  writeFileSync(first, '["10.0.0.1:1"]');
  writeFileSync(second, '["10.0.0.2:1"]');
  path = join(folder, 'linked.yaml');
  symlinkSync(first, path);
  await discover('["10.0.0.1:1"]');
  symlinkSync(second, `${path}.new`);
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(addresses()).toEqual(['10.0.0.2:1']));
});
