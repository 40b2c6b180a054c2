// Numbered frames in their order: each once, a lost one counted, one that was overtaken put back. What each
// rule is for stands in firmware_bridge/reassembly.py. No clock is read, so that a replay does the same.

import { ahead } from "./numbers.js";

const WINDOW_FRAMES = 4; // a missing frame is given up when so many behind it have come
const FARTHEST_AHEAD = 2 ** 24; // farther is damage that the CRC missed, or a frame from behind
const NEW_LIFE_FRAMES = 8; // so many after a hello from behind are a pod that began anew with its boot id
const FRAMES_REMEMBERED = 4096;
const LOSSES_REMEMBERED = 256;
const BOOTS_REMEMBERED = 16;

// Stands before the first frame of a pod that began anew.
export const NEW_LIFE = Symbol("new life");

// Counts duplicates, late and lost_frames. What lies before the first frame of a boot was sent to nobody.
export class Reassembly {
  #losses;
  #boot = null;
  #earlierBoots = [];
  #rumour = null; // the one frame of a boot that is not believed yet
  // From here on sequence numbers do not wrap: they are counted on from the first of the boot.
  #first = 0;
  #next = 0;
  #held = new Map(); // by number
  #lost = []; // [from, to) each
  #afterLoss = false;
  #marks = new Map(); // by boot and sequence, the newest last
  #again = []; // what may be a new life with a boot id of before

  constructor(losses) {
    this.#losses = losses;
  }

  // Take a frame { boot, sequence, mark, isHello, ... }; by its mark, a checksum, it is known again. Returns
  // those whose turn has come. A new boot id is believed once two frames bear it, or a hello.
  take(frame) {
    const { boot, sequence } = frame;
    const isBehind = boot === this.#boot && ahead(this.#next, sequence) > FARTHEST_AHEAD;
    if (isBehind || this.#earlierBoots.includes(boot)) return this.#takeBehind(frame);
    this.#countAgain();
    this.#remember(frame);
    if (this.#boot === null) this.#begin(frame);
    return boot === this.#boot ? this.#takeCurrent(frame) : this.#takeUnheard(frame);
  }

  // All that waits, since nothing more will come before it; the next frame does not wait for any before it.
  release() {
    this.#countAgain();
    if (this.#rumour) this.#losses.late += 1;
    this.#rumour = null;
    this.#afterLoss = true;
    return this.#giveUp(0);
  }

  #takeBehind(frame) {
    const last = this.#again.at(-1);
    const follows = last?.boot === frame.boot && ahead(last.sequence, frame.sequence) === 1;
    if (!follows) this.#countAgain();
    if (follows || frame.isHello) this.#again.push(frame);
    else this.#countBehind(frame);
    if (this.#again.length <= NEW_LIFE_FRAMES) return [];
    if (this.#cameBefore()) {
      this.#countBehind(this.#again.shift());
      return [];
    }
    for (const each of this.#again) this.#remember(each);
    return this.#beginAnew(this.#again.splice(0));
  }

  // Whether the frames from behind came once, or were missing then. Some are alike in every life: one that
  // differs tells.
  #cameBefore() {
    const known = this.#again.filter((frame) => this.#isLost(frame) || this.#marks.has(keyOf(frame)));
    const same = (frame) => this.#isLost(frame) || this.#marks.get(keyOf(frame)) === frame.mark;
    return known.length > 0 && known.every(same);
  }

  #remember(frame) {
    this.#marks.delete(keyOf(frame));
    this.#marks.set(keyOf(frame), frame.mark);
    if (this.#marks.size > FRAMES_REMEMBERED) this.#marks.delete(this.#marks.keys().next().value);
  }

  // What might have been a new life was none.
  #countAgain() {
    for (const frame of this.#again.splice(0)) this.#countBehind(frame);
  }

  #takeUnheard(frame) {
    const rumour = this.#rumour;
    const confirmed = rumour?.boot === frame.boot;
    if (confirmed && rumour.sequence === frame.sequence) {
      this.#losses.duplicates += 1;
      return [];
    }
    if (rumour && !confirmed) this.#losses.late += 1;
    this.#rumour = confirmed || frame.isHello ? null : frame;
    if (this.#rumour) return [];
    return this.#beginAnew(confirmed ? [rumour, frame].sort((a, b) => a.sequence - b.sequence) : [frame]);
  }

  #beginAnew(frames) {
    const released = this.#giveUp(0);
    this.#begin(frames[0]);
    return [...released, NEW_LIFE, ...frames.flatMap((frame) => this.#takeCurrent(frame))];
  }

  #begin({ boot, sequence }) {
    this.#earlierBoots = this.#earlierBoots.filter((earlier) => earlier !== boot);
    if (this.#boot !== null && this.#boot !== boot) push(this.#earlierBoots, this.#boot, BOOTS_REMEMBERED);
    this.#boot = boot;
    this.#first = this.#next = sequence;
    this.#lost = [];
    this.#afterLoss = false;
  }

  #takeCurrent(frame) {
    const number = this.#next + ahead(this.#next, frame.sequence);
    if (this.#held.has(number)) {
      this.#losses.duplicates += 1;
      return [];
    }
    this.#held.set(number, frame);
    const mostWaiting = this.#afterLoss ? 0 : WINDOW_FRAMES - 1;
    this.#afterLoss = false;
    return [...this.#nextOnes(), ...this.#giveUp(mostWaiting)];
  }

  #countBehind(frame) {
    const isLate = frame.boot !== this.#boot || this.#number(frame) < this.#first || this.#isLost(frame);
    this.#losses[isLate ? "late" : "duplicates"] += 1;
  }

  // A sequence number from behind, counted on from the first of the boot.
  #number({ sequence }) {
    return this.#next - ahead(sequence, this.#next);
  }

  #isLost(frame) {
    const number = this.#number(frame);
    return frame.boot === this.#boot && this.#lost.some(([from, to]) => from <= number && number < to);
  }

  #nextOnes() {
    const released = [];
    for (; this.#held.has(this.#next); this.#next++) {
      released.push(this.#held.get(this.#next));
      this.#held.delete(this.#next);
    }
    return released;
  }

  // Pass over missing frames until no more than so many wait.
  #giveUp(mostWaiting) {
    const released = [];
    while (this.#held.size > mostWaiting) {
      const found = Math.min(...this.#held.keys());
      this.#losses.lost_frames += found - this.#next;
      push(this.#lost, [this.#next, found], LOSSES_REMEMBERED);
      this.#next = found;
      released.push(...this.#nextOnes());
    }
    return released;
  }
}

function keyOf({ boot, sequence }) {
  return `${boot}/${sequence}`;
}

// The oldest goes when there are more than so many.
function push(list, item, most) {
  list.push(item);
  if (list.length > most) list.shift();
}
