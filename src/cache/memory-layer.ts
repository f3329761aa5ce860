import { LRUCache } from 'lru-cache';
import type { CachedAnswer } from './cached-answer.ts';

export interface MemoryLayerOptions {
  readonly maxBytes: number;
  /** A larger answer is not kept: it would push out many that are asked for more often. */
  readonly maxAnswerBytes: number;
}

/** Map entry, record and text headers of one answer, beside its texts. */
const OVERHEAD_BYTES = 300;

/** Answers in this process, the least recently used ones dropped when they take too many bytes. */
export class MemoryLayer {
  readonly #answers: LRUCache<string, CachedAnswer>;

  constructor({ maxBytes, maxAnswerBytes }: MemoryLayerOptions) {
    this.#answers = new LRUCache({
      maxSize: maxBytes,
      maxEntrySize: Math.min(maxBytes, maxAnswerBytes + OVERHEAD_BYTES),
      sizeCalculation: (answer, key) =>
        Buffer.byteLength(answer.json) + key.length + OVERHEAD_BYTES,
    });
  }

  get bytes(): number {
    return this.#answers.calculatedSize;
  }

  get answers(): number {
    return this.#answers.size;
  }

  get(key: string): CachedAnswer | undefined {
    return this.#answers.get(key);
  }

  set(key: string, answer: CachedAnswer): void {
    this.#answers.set(key, answer);
  }
}
