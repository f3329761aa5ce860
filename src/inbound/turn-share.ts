/**
 * Items that all subscriptions together pass on in one turn of the event loop: about 5 ms of work. Without
 * a bound, sources that always have the next item keep a turn going for seconds, and new callers wait.
 */
const ITEMS_PER_TURN = 512;

let left = ITEMS_PER_TURN;
let waiting: (() => void)[] = [];
let begun = false;

/** Whether one more item may be passed on in this turn. */
export function takeShareOfTurn(): boolean {
  if (!begun) {
    begun = true;
    setImmediate(beginTurn);
  }
  if (left === 0) return false;
  left--;
  return true;
}

/** Runs `resume` in the next turn; those who waited longest go first. Only after a share was refused. */
export function awaitNextTurn(resume: () => void): void {
  waiting.push(resume);
}

function beginTurn(): void {
  begun = false;
  left = ITEMS_PER_TURN;
  const resumed = waiting;
  waiting = [];
  for (const resume of resumed) resume();
}
