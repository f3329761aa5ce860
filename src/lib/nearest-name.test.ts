import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

test.each([
  ['prot', ['port', 'host'], 'port'],
  ['endpoint', ['endpoints', 'transport'], 'endpoints'],
  ['Endpoints', ['endpoints'], 'endpoints'],
  ['grpcjs', ['http2', 'grpc-js'], 'grpc-js'],
  ['colour', ['port', 'host'], undefined],
  ['x', [], undefined],
])('%s among %j is %s', (wrong, names, nearest) => {
  expect(nearestName(wrong, names)).toBe(nearest);
});
