/** Something with a due moment. It carries its own place in the wheel, so arming it allocates nothing. */
export abstract class WheelEntry {
  /** The wheel's own; undefined while not armed. */
  wheelSlot: number | undefined;
  wheelTick = 0;
  wheelNext: WheelEntry | undefined;
  wheelPrevious: WheelEntry | undefined;

  abstract onDue(): void;
}

const SLOTS = 512;

/**
 * A hashed timer wheel: thousands of deadlines, of which nearly all are taken back before they are due,
 * share one timer. An entry is due at the first tick at or after its moment, never before it, and after what
 * already came over sockets was read: then a pause of our own event loop fails no call that was answered in it.
 */
export class TimerWheel {
  readonly #tickMs: number;
  readonly #slots: (WheelEntry | undefined)[] = new Array(SLOTS).fill(undefined);
  readonly #origin = performance.now();
  #handled = 0;
  #armed = 0;
  /** Its next turn is under way. */
  #turning = false;

  constructor(tickMs: number) {
    this.#tickMs = tickMs;
  }

  get armed(): number {
    return this.#armed;
  }

  /** @param moment on the `performance.now()` clock */
  arm(entry: WheelEntry, moment: number): void {
    this.disarm(entry);
    if (this.#armed === 0) this.#handled = this.#tickOf(performance.now());
    const tick = Math.max(Math.ceil((moment - this.#origin) / this.#tickMs), this.#handled + 1);
    const slot = tick % SLOTS;
    const head = this.#slots[slot];
    entry.wheelTick = tick;
    entry.wheelSlot = slot;
    entry.wheelNext = head;
    if (head !== undefined) head.wheelPrevious = entry;
    this.#slots[slot] = entry;
    this.#armed += 1;
    this.#turnLater();
  }

  disarm(entry: WheelEntry): void {
    if (entry.wheelSlot === undefined) return;
    if (entry.wheelPrevious === undefined) this.#slots[entry.wheelSlot] = entry.wheelNext;
    else entry.wheelPrevious.wheelNext = entry.wheelNext;
    if (entry.wheelNext !== undefined) entry.wheelNext.wheelPrevious = entry.wheelPrevious;
    entry.wheelSlot = undefined;
    entry.wheelNext = undefined;
    entry.wheelPrevious = undefined;
    this.#armed -= 1;
  }

  /** The time is taken before sockets are read: a pause in between is not over for who waits. */
  prepare(): void {
    setImmediate(turnWheel, this, this.#tickOf(performance.now()));
  }

  /** Runs what is due by the tick `now`. */
  turn(now: number): void {
    this.#turning = false;
    const first = Math.max(this.#handled + 1, now - SLOTS + 1);
    this.#handled = now;
    for (let tick = first; tick <= now; tick += 1) this.#runSlot(tick % SLOTS, now);
    if (this.#armed > 0) this.#turnLater();
  }

  #turnLater(): void {
    if (this.#turning) return;
    this.#turning = true;
    setTimeout(prepareWheel, this.#tickMs, this);
  }

  #runSlot(slot: number, now: number): void {
    let entry = this.#slots[slot];
    while (entry !== undefined) {
      const next: WheelEntry | undefined = entry.wheelNext;
      if (entry.wheelTick <= now) {
        this.disarm(entry);
        entry.onDue();
        // The callback may have taken the next entry away or armed others; start over.
        entry = this.#slots[slot];
      } else {
        entry = next;
      }
    }
  }

  #tickOf(moment: number): number {
    return Math.floor((moment - this.#origin) / this.#tickMs);
  }
}

function prepareWheel(wheel: TimerWheel): void {
  wheel.prepare();
}

function turnWheel(wheel: TimerWheel, now: number): void {
  wheel.turn(now);
}
