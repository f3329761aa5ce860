import { expect, test } from 'vitest';
import { warmUpTranscoder } from './warm-up.ts';

test('what warms the transcoder up are messages that it takes', () => {
  expect(() => warmUpTranscoder()).not.toThrow();
});
