// When the next beats are due, and for which foot: coach/audio/metronome.py, beat for beat. Times are s on a
// timeline of the caller's; a foot is "left", "right" or null.

const OTHER_FOOT = { left: "right", right: "left", null: null };
const SHORTEST_SHARE = 0.5; // of the beat interval: a contact brings none sooner after another
const CONTACT_IS_NEW_S = 3; // a metronome that starts takes up the steps if a contact is no older

export class Metronome {
  #locked;
  #tempoSpm = null;
  #t0S = 0; // beat k is at t0 + k * 60 / tempo, for #foot when k is even
  #k = 0;
  #foot = "left";
  #lastS = -Infinity;
  #contact = null;

  // `locked`: beats follow the runner's contacts.
  constructor({ locked = false } = {}) {
    this.#locked = locked;
  }

  // Beat from `tS` on; one that is running changes its tempo with no jump. Tells that beats moved.
  start(tS, tempoSpm) {
    const before = this.#tempoSpm;
    this.#tempoSpm = tempoSpm;
    if (before !== null) {
      this.#t0S = tS - ((tS - this.#t0S) * before) / tempoSpm;
      return true;
    }
    [this.#t0S, this.#k, this.#foot, this.#lastS] = [tS, 0, "left", -Infinity];
    return this.#contact && tS - this.#contact.tS <= CONTACT_IS_NEW_S ? this.#follow(tS) : true;
  }

  stop() {
    this.#tempoSpm = null;
  }

  // `foot` met the ground at `contactS`, which is known since `tS`. Tells whether they moved.
  contact(contactS, foot, tS) {
    if (!this.#locked || contactS <= (this.#contact?.tS ?? -Infinity)) return false;
    this.#contact = { tS: contactS, foot };
    return this.#tempoSpm !== null && this.#follow(tS);
  }

  // The beats before `tS` that have not passed, as { tS, foot }.
  until(tS) {
    const beats = [];
    for (let k = this.#k; this.#tempoSpm !== null && this.#timeOf(k) < tS; k++) {
      beats.push({ tS: this.#timeOf(k), foot: k % 2 ? OTHER_FOOT[this.#foot] : this.#foot });
    }
    return beats;
  }

  // The next beat has been played; on to the one after it.
  passed() {
    if (this.#tempoSpm === null) return;
    this.#lastS = this.#timeOf(this.#k);
    this.#k += 1;
  }

  // Leave out all beats before `tS`.
  skipTo(tS) {
    if (this.#tempoSpm === null) return;
    this.#k = Math.max(this.#k, Math.ceil(((tS - this.#t0S) * this.#tempoSpm) / 60));
  }

  #timeOf(k) {
    return this.#t0S + k * (60 / this.#tempoSpm);
  }

  #follow(tS) {
    [this.#t0S, this.#foot, this.#k] = [this.#contact.tS, this.#contact.foot, 1];
    this.skipTo(Math.max(tS, this.#lastS + SHORTEST_SHARE * (60 / this.#tempoSpm)));
    return true;
  }
}
