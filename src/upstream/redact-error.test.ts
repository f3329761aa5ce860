import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loadContracts } from '../contract/load-contracts.ts';
import { WeirError } from '../errors.ts';
import { redactError } from './redact-error.ts';

const folder = join(import.meta.dirname, '..', '..', 'test', 'telemetry', 'redacted-contract');
const { methods } = await loadContracts([{ folder }]);
const method = methods.get('market.v1.quoteService.getQuote');
if (method === undefined) throw new Error('The contract has no getQuote.');
const call = { method, input: { symbol: 'HUNTER2' } };

// The log tells the message of the cause too, and a transport's own error says the same as the status.
test.each([
  ['the status', 'no HUNTER2 here', undefined],
  ['the cause alone', 'failed', new Error('no HUNTER2 here')],
  ['both', 'no HUNTER2 here', new Error('5 NOT_FOUND: no HUNTER2 here')],
])('what is to be kept secret, quoted in %s, is in neither afterwards', (_, message, cause) => {
  const error = new WeirError('NOT_FOUND', message, { origin: 'backend', answered: true, cause });
  const redacted = redactError(error, call);
  expect(redacted).toMatchObject({ code: 'NOT_FOUND', answered: true });
  expect(`${redacted.message} ${redacted.cause} ${redacted.stack}`).not.toContain('HUNTER2');
});

test('what is in an Any is kept secret as its own type says', () => {
  const proofs = [{ '@type': 'type.googleapis.com/market.v1.Credential', key: 'SFVOVEVSMg==' }];
  const error = new WeirError('NOT_FOUND', 'no SFVOVEVSMg== here', { origin: 'backend' });
  const redacted = redactError(error, { method, input: { proofs } });
  expect(redacted.message).toBe('no [redacted] here');
});

test('what quotes nothing stays as it is, cause and all', () => {
  const cause = new Error('read ECONNRESET');
  const error = new WeirError('UNAVAILABLE', 'lost', { origin: 'backend', cause });
  expect(redactError(error, call)).toBe(error);
});
