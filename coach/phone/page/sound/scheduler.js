// Which sounds at which times of an audio context: beats well ahead, for a page that is held up or put away,
// and one earcon at a time.

import { Metronome } from "./metronome.js";
import { earcon, tick } from "./tones.js";

const AHEAD_S = 2.5; // a hidden page's timers come once a second
const LEAD_S = 0.05; // what is decided now begins so much later, which is more than a device takes at once
const FADE_S = 0.01;

export class Scheduler {
  #context; #metronome;
  #buffers = new Map();
  #beats = []; // given to the context, in order: { tS, source }
  #last = null; // of those that have passed: it may not have begun yet
  #earcon = null;
  #quiet = false;

  // `context`: any BaseAudioContext.
  constructor(context, { locked = false } = {}) {
    this.#context = context;
    this.#metronome = new Metronome({ locked });
  }

  // When it is heard what is decided now.
  get tS() {
    return this.#context.currentTime + LEAD_S;
  }

  // Beat from now on; a metronome under way changes its tempo.
  start(tempoSpm) {
    this.topUp((tS) => this.#metronome.start(tS, tempoSpm));
  }

  // A foot met the ground: locked beats follow it.
  contact(contactS, foot) {
    this.topUp((tS) => this.#metronome.contact(contactS, foot, tS));
  }

  // No beat any more that has not begun.
  silence() {
    this.#drop(this.#context.currentTime);
    this.#metronome.stop();
  }

  // Schedule what is due soon. `decide(tS)` may move the beats from `tS` on; it returns whether it did.
  topUp(decide = () => false) {
    const { tS } = this;
    this.#pass(tS);
    if (decide(tS)) this.#drop(tS);
    if (!this.#beats.length) this.#metronome.skipTo(tS); // what was due while the page was held up
    if (this.#quiet) return;
    for (const beat of this.#metronome.until(tS + AHEAD_S).slice(this.#beats.length)) {
      this.#beats.push({ tS: beat.tS, source: this.tick(beat.foot, beat.tS) });
    }
  }

  // Play an earcon in place of one under way. Returns when it is over, which is now where the kind has none.
  announce(kind) {
    this.cut();
    const { tS } = this;
    const buffer = this.#bufferOf(kind, earcon);
    if (!buffer) return tS;
    const fade = new GainNode(this.#context);
    fade.connect(this.#context.destination);
    this.#earcon = { source: this.#play(buffer, tS, fade), fade };
    return tS + buffer.duration;
  }

  cut() {
    if (!this.#earcon) return;
    const { source, fade } = this.#earcon;
    const nowS = this.#context.currentTime;
    fade.gain.setValueAtTime(1, nowS);
    fade.gain.linearRampToValueAtTime(0, nowS + FADE_S);
    source.stop(nowS + FADE_S);
    this.#earcon = null;
  }

  tick(foot, tS) {
    return this.#play(this.#bufferOf(foot, tick), tS, this.#context.destination);
  }

  get quiet() {
    return this.#quiet;
  }

  // Quiet, the metronome goes on unheard, so that it comes back in phase.
  set quiet(quiet) {
    if (quiet === this.#quiet) return;
    this.#quiet = quiet;
    if (quiet) {
      this.#drop(this.#context.currentTime);
      this.cut();
    }
    this.topUp();
  }

  #pass(tS) {
    while (this.#beats[0]?.tS < tS) {
      this.#last = this.#beats.shift();
      this.#metronome.passed();
    }
  }

  #drop(tS) {
    this.#pass(tS);
    for (const beat of [this.#last, ...this.#beats]) if (beat?.tS >= tS) beat.source.stop();
    this.#beats = [];
  }

  #play(buffer, tS, output) {
    const source = new AudioBufferSourceNode(this.#context, { buffer });
    source.connect(output);
    const { sampleRate } = buffer;
    source.start(Math.round(tS * sampleRate) / sampleRate); // between two frames it would be blurred
    return source;
  }

  #bufferOf(name, make) {
    if (!this.#buffers.has(name)) this.#buffers.set(name, bufferOf(make, name, this.#context));
    return this.#buffers.get(name);
  }
}

function bufferOf(make, name, { sampleRate }) {
  const channels = make(name, sampleRate);
  if (!channels) return null;
  const [{ length }] = channels;
  const buffer = new AudioBuffer({ sampleRate, length, numberOfChannels: channels.length });
  channels.forEach((channel, index) => buffer.copyToChannel(channel, index));
  return buffer;
}
