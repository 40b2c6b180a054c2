// How one clock stands to another that is read with a delay. No delay is negative, so the least difference of
// a window counts, as in coach/audio/alignment.py.

export class Alignment {
  #windowS;
  #pairs = []; // those that are, or will be, the least: { seenS, offsetS }, both rising
  #last = null;
  #seenS = 0;

  // The window is of time in which both clocks went on: what comes at once after minutes of nothing is held to
  // what was before them.
  constructor(windowS) {
    this.#windowS = windowS;
  }

  // The other clock was read as `tS` when the host's stood at `hostS`.
  note(tS, hostS) {
    if (this.#last) this.#seenS += Math.max(0, Math.min(tS - this.#last.tS, hostS - this.#last.hostS));
    this.#last = { tS, hostS };
    const newest = { seenS: this.#seenS, offsetS: hostS - tS };
    const counts = ({ seenS, offsetS }) => offsetS < newest.offsetS && seenS > newest.seenS - this.#windowS;
    this.#pairs = [...this.#pairs.filter(counts), newest];
  }

  // What to add to the other clock's time to have the host's, after the first pair.
  get offsetS() {
    return this.#pairs[0].offsetS;
  }
}
