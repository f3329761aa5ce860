import { QUOTE } from './calls/get-quote.ts';

const TOPICS = 100;

export type FeedMessage = {
  readonly symbol: string;
  readonly quote: object;
  readonly sentAtNs: string;
};

/**
 * Quotes of 100 topics in this process, each so many times a second, spread evenly over time.
 * @param toItem makes what subscribers get; called once for each quote, however many subscribers it has.
 */
export class QuoteFeed<Item> {
  readonly #listeners = Array.from({ length: TOPICS }, () => new Set<(item: Item) => void>());
  readonly #toItem: (message: FeedMessage) => Item;

  constructor(messagesPerSecond: number, toItem: (message: FeedMessage) => Item) {
    this.#toItem = toItem;
    const gapMs = 1_000 / (messagesPerSecond * TOPICS);
    const began = performance.now();
    let published = 0;
    setInterval(
      () => {
        // Timers come late under load, and the rate must not sink with them.
        for (; published * gapMs < performance.now() - began; published++) {
          this.#publish(published % TOPICS);
        }
      },
      Math.max(1, gapMs),
    );
  }

  /** The topic's quotes from now on, until the iteration is left. */
  async *watch(topic: number, signal?: AbortSignal): AsyncGenerator<Item, void, undefined> {
    const listeners = this.#listeners[topic];
    if (!listeners) return;
    const queue: Item[] = [];
    let wake = () => {};
    const listen = (item: Item) => {
      queue.push(item);
      wake();
    };
    const end = () => wake();
    listeners.add(listen);
    signal?.addEventListener('abort', end);
    try {
      while (!signal?.aborted) {
        const item = queue.shift();
        if (item === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else yield item;
      }
    } finally {
      listeners.delete(listen);
      signal?.removeEventListener('abort', end);
    }
  }

  #publish(topic: number): void {
    const sentAtNs = String(process.hrtime.bigint());
    const item = this.#toItem({ symbol: String(topic), quote: QUOTE, sentAtNs });
    for (const listener of this.#listeners[topic] ?? []) listener(item);
  }
}
