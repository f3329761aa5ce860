import { expect, test } from 'vitest';
import { ANONYMOUS } from '../auth/identity.ts';
import { authorise } from '../auth/permit.ts';
import { RoleTable } from '../auth/role-table.ts';
import type { Method } from '../contract/method.ts';
import type { FallbackPolicy } from '../contract/policy.ts';
import { type GrpcCode, WeirError } from '../errors.ts';
import { Cancellation } from '../lib/cancellation.ts';
import { CallNotes } from '../telemetry/call-notes.ts';
import { createUnaryFallback } from './fallback.ts';
import type { PermittedCall } from './permitted-call.ts';
import type { Reply } from './reply.ts';

const DECLARED = { json: '{ "declared": true }', message: new Uint8Array([7]) };
const BY_DEFAULT: FallbackPolicy = { ...DECLARED, codes: ['UNAVAILABLE', 'DEADLINE_EXCEEDED'] };
const ANSWER: Reply = { json: '{"real":true}', headers: [] };

function createCall(fallback: FallbackPolicy | undefined): PermittedCall & { notes: CallNotes } {
  return {
    id: 'r1',
    method: { path: 'a.b', policy: { fallback } } as Method,
    wire: 'http',
    input: {},
    headers: {},
    peer: { address: '127.0.0.1' },
    cancellation: new Cancellation(),
    deadline: undefined,
    lastEventId: undefined,
    notes: new CallNotes(),
    identity: ANONYMOUS,
    permit: authorise({ rule: 'public' }, ANONYMOUS, new RoleTable({})),
    identityMetadata: [],
  };
}

const step = createUnaryFallback({
  toJson: (_, message) => `{"declared":${message[0]}}`,
});

const GIVEN = { json: '{"declared":7}', headers: expect.anything(), fallback: expect.anything() };

test.each<[GrpcCode, 'backend' | 'gateway', readonly GrpcCode[], boolean]>([
  ['UNAVAILABLE', 'backend', BY_DEFAULT.codes, true],
  ['UNAVAILABLE', 'gateway', BY_DEFAULT.codes, true],
  ['DEADLINE_EXCEEDED', 'backend', BY_DEFAULT.codes, true],
  ['INTERNAL', 'backend', BY_DEFAULT.codes, false],
  ['INTERNAL', 'backend', ['INTERNAL'], true],
  ['INTERNAL', 'gateway', ['INTERNAL'], false],
  ['INVALID_ARGUMENT', 'gateway', ['INVALID_ARGUMENT'], false],
  ['RESOURCE_EXHAUSTED', 'gateway', ['RESOURCE_EXHAUSTED'], true],
  ['NOT_FOUND', 'backend', ['UNAVAILABLE'], false],
])('%s of the %s where %s are declared: %s', async (code, origin, codes, given) => {
  const call = createCall({ ...BY_DEFAULT, codes });
  const error = new WeirError(code, 'failed', { origin });
  const outcome = await Promise.resolve(step(() => Promise.reject(error))(call)).catch(
    (thrown: unknown) => thrown,
  );
  expect(outcome).toEqual(given ? GIVEN : error);
  expect(call.notes.fallback).toBe(given ? code : undefined);
});

test('is marked with the failure it stands in for', async () => {
  const call = createCall(BY_DEFAULT);
  const reply = await step(() => {
    throw new WeirError('UNAVAILABLE', 'thrown at once');
  })(call);
  expect(reply).toEqual({
    json: '{"declared":7}',
    headers: [['weir-fallback', 'UNAVAILABLE']],
    fallback: 'UNAVAILABLE',
  });
});

test('an answer, and a method that declares nothing, pass as they are', async () => {
  expect(step(() => ANSWER)(createCall(BY_DEFAULT))).toBe(ANSWER);
  expect(await step(async () => ANSWER)(createCall(BY_DEFAULT))).toBe(ANSWER);
  const error = new WeirError('UNAVAILABLE', 'down');
  const failed = Promise.resolve(step(() => Promise.reject(error))(createCall(undefined)));
  await expect(failed).rejects.toBe(error);
});

test('a caller who left gets nothing', async () => {
  const call = createCall(BY_DEFAULT);
  const error = new WeirError('UNAVAILABLE', 'down');
  call.cancellation.cancel(new WeirError('CANCELLED', 'left'));
  await expect(Promise.resolve(step(() => Promise.reject(error))(call))).rejects.toBe(error);
});
