// One page at a time runs: two that wrote one run would undo each other.

const NAME = "cadence-coach/run";
const WAIT_MS = 500; // a page that was just closed gives its turn back in that time

// Take the turn. Returns what gives it back. Rejects with a key of the texts where another page has it.
export function takeTurn() {
  return new Promise((resolve, reject) => {
    const hold = () => new Promise((giveBack) => resolve(giveBack));
    navigator.locks.request(NAME, { signal: AbortSignal.timeout(WAIT_MS) }, hold)
      .catch(() => reject(new Error("problem.elsewhere")));
  });
}
