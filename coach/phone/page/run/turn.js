// One page at a time runs: two that wrote one run would undo each other. Within a page the turn is shared.

const NAME = "cadence-coach/run";
const WAIT_MS = 500; // a page that was just closed gives its turn back in that time

let users = 0;
let asked = null; // resolves to what gives the turn of this page back

// Take the turn. Returns what gives it back, once. Rejects with a key of the texts where another page has it.
export async function takeTurn() {
  asked ??= ask();
  users += 1;
  let held = true;
  const leave = () => {
    if (!held) return false;
    held = false;
    users -= 1;
    if (!users) asked = null;
    return !users;
  };
  try {
    const giveBack = await asked;
    return () => leave() && giveBack();
  } catch {
    leave();
    throw new Error("problem.elsewhere");
  }
}

function ask() {
  return new Promise((resolve, reject) => {
    const hold = () => new Promise((giveBack) => resolve(giveBack));
    navigator.locks.request(NAME, { signal: AbortSignal.timeout(WAIT_MS) }, hold).catch(reject);
  });
}
