/** Frames of a reset stream may still be on their way; of this many streams we remember it. */
const MOST = 1024;

/** The streams we reset last, so that what the peer sent before it knew is not held against it (RFC 9113 §5.1). */
export class RecentResets {
  readonly #ids = new Set<number>();

  add(streamId: number): void {
    if (this.#ids.size >= MOST) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    this.#ids.add(streamId);
  }

  has(streamId: number): boolean {
    return this.#ids.has(streamId);
  }
}
