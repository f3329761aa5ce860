import { ExpiryQueue } from '../auth/expiry-queue.ts';
import type { AccessChange } from '../auth/revocation/access-change.ts';

/** The changes of access that the workers said to each other and that are still in force. */
export class AccessChanges {
  readonly #expiry = new ExpiryQueue();
  readonly #inForce = new Set<AccessChange>();

  get inForce(): readonly AccessChange[] {
    return [...this.#inForce];
  }

  add(change: AccessChange): void {
    this.#inForce.add(change);
    this.#expiry.add(change.untilMs, () => this.#inForce.delete(change));
  }

  close(): void {
    this.#expiry.close();
  }
}
