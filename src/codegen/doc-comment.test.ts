import { expect, test } from 'vitest';
import { formatDocComment } from './doc-comment.ts';

test.each([
  { text: '', deprecated: false, block: '' },
  { text: 'A quote.', deprecated: false, block: '  /** A quote. */\n' },
  { text: '', deprecated: true, block: '  /** @deprecated */\n' },
  { text: 'A quote.', deprecated: true, block: '  /**\n   * A quote.\n   * @deprecated\n   */\n' },
  { text: 'One.\n\nTwo.', deprecated: false, block: '  /**\n   * One.\n   *\n   * Two.\n   */\n' },
  { text: 'Ends */ here', deprecated: false, block: '  /** Ends *\\/ here */\n' },
])('$text, deprecated: $deprecated', ({ text, deprecated, block }) => {
  expect(formatDocComment(text, deprecated, '  ')).toBe(block);
});
