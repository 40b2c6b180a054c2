// What is heard of a run: ticks, earcons and words, as coach/audio/speakers.py and conductor.py have it.

import { Alignment } from "./alignment.js";
import { KeepAlive } from "./keep_alive.js";
import { Scheduler } from "./scheduler.js";
import { Voice } from "./voice.js";

const LATE_S = 2; // a cue that arrives, or words that begin, later than that are about something past
const PAUSE_S = 0.15; // between an earcon and its words
const POD_WINDOW_S = 30;
const DEVICE_WINDOW_S = 2;
const DEVICE_JUMP_S = 0.25; // no device jitters by so much: its clock has stood still
const LOOK_EVERY_MS = 500;
const BEGINS_WITHIN_MS = 3000; // a device that takes no sound by then has failed
const ENDING_MS = 100;
const TEST_RIGHT_S = 0.4;
const TEST_WORDS_S = 0.6;
const TEST_MS = 4000;
const TEST_CUE = { kind: "on_target", reason: "reached", tempo_spm: null };

export class Player {
  #words; #onProblem;
  #told = new Set();
  #voice = new Voice(() => this.#tell("problem.words"));
  #keepAlive = new KeepAlive((muted) => this.mute(muted));
  #context = null; // of the run under way
  #scheduler; #settings; #pod; #device; #looking; #startedMs;
  #dueSpm = null; // of a burst that waits until the run has caught up
  #muted = false;

  // `words(cue)` is what is said of a cue. `onProblem` gets "problem.sound" or "problem.words", each once.
  constructor({ words, onProblem }) {
    this.#words = words;
    this.#onProblem = onProblem;
  }

  get muted() {
    return this.#muted;
  }

  // From a tap, without which browsers let no page sound.
  start(settings) {
    this.stop();
    if (settings.sound !== "off") this.#safely(() => this.#open(settings));
  }

  // Sound what came of a message; its newest reading is of pod time `tS`, and has just arrived.
  //
  // What was held up arrives late, all at once. A late silence stops the metronome; other late cues are not
  // heard, and the metronome of a late burst begins when the run has caught up, if it is to run then.
  take({ strides, cues }, tS) {
    if (!this.#context) return;
    this.#safely(() => {
      const hostS = performance.now() / 1000; // a clock that never steps
      const isLate = (thenS) => hostS - thenS - this.#pod.offsetS > LATE_S;
      this.#pod.note(tS, hostS);
      this.#noteDevice(hostS);
      for (const stride of strides) this.#step(stride);
      for (const cue of cues) this.#hear(cue, isLate(cue.t_s));
      if (this.#dueSpm !== null && !isLate(tS)) {
        this.#scheduler.start(this.#dueSpm);
        this.#dueSpm = null;
      }
      this.#scheduler.topUp();
    });
  }

  // Muted, nothing is heard; the run goes on, and so does the metronome, unheard.
  mute(muted) {
    this.#muted = muted;
    this.#safely(() => {
      this.#keepAlive.muted = muted;
      if (muted) this.#voice.hush();
      else this.#keepAlive.play();
      this.#settle();
    });
  }

  // From a tap: a tick in each ear, and words.
  test(settings) {
    if (settings.sound === "off") return;
    this.#safely(() => {
      const context = this.#context ?? new AudioContext();
      if (!this.#context) setTimeout(() => context.close(), TEST_MS);
      const scheduler = new Scheduler(context);
      scheduler.tick("left", scheduler.tS);
      scheduler.tick("right", scheduler.tS + TEST_RIGHT_S);
      if (settings.sound === "words") this.#voice.say(this.#words(TEST_CUE), TEST_WORDS_S, LATE_S);
    });
  }

  stop() {
    const context = this.#context;
    [this.#context, this.#dueSpm, this.#muted] = [null, null, false];
    clearInterval(this.#looking);
    this.#safely(() => {
      this.#voice.hush();
      this.#keepAlive.stop();
      if (!context) return;
      this.#scheduler.quiet = true;
      context.onstatechange = null;
      setTimeout(() => context.close(), ENDING_MS);
    });
  }

  #open(settings) {
    this.#context = new AudioContext();
    this.#settings = settings;
    this.#scheduler = new Scheduler(this.#context, settings);
    this.#pod = new Alignment(POD_WINDOW_S);
    this.#device = null;
    this.#startedMs = performance.now();
    this.#context.onstatechange = () => this.#safely(() => this.#settle());
    this.#looking = setInterval(() => this.#safely(() => this.#look()), LOOK_EVERY_MS);
    this.#settle();
    this.#keepAlive.start();
  }

  #look() {
    this.#noteDevice(performance.now() / 1000);
    this.#settle();
    this.#scheduler.topUp();
    const isSilent = this.#context.currentTime === 0 && performance.now() > this.#startedMs + BEGINS_WITHIN_MS;
    if (isSilent) this.#tell("problem.sound");
  }

  // A device that a call or another app has taken is asked for until it is back. Sounds would wait for it.
  #settle() {
    if (!this.#context) return;
    const isRunning = this.#context.state === "running";
    if (!isRunning) this.#context.resume().catch(() => {});
    this.#scheduler.quiet = this.#muted || !isRunning;
  }

  #noteDevice(hostS) {
    const soundS = this.#context.currentTime;
    const jump = Math.abs(hostS - soundS - this.#device?.offsetS);
    if (!(jump < DEVICE_JUMP_S)) this.#device = new Alignment(DEVICE_WINDOW_S);
    this.#device.note(soundS, hostS);
  }

  #step({ t_contact_s, side, signal }) {
    if (signal !== "good") return;
    const heardS = t_contact_s + this.#pod.offsetS - this.#settings.latency_ms / 1000;
    this.#scheduler.contact(heardS - this.#device.offsetS, side);
  }

  #hear(cue, isLate) {
    this.#scheduler.cut(); // the newest cue is the one that counts
    this.#voice.hush();
    if (cue.kind === "silence") {
      this.#dueSpm = null;
      this.#scheduler.silence();
      return;
    }
    if (cue.kind.startsWith("burst_") && cue.tempo_spm > 0) this.#dueSpm = cue.tempo_spm;
    if (isLate || this.#scheduler.quiet) return;
    const wordsS = this.#scheduler.announce(cue.kind) + PAUSE_S - this.#context.currentTime;
    if (this.#settings.sound === "words") this.#voice.say(this.#words(cue), wordsS, LATE_S);
  }

  // A run goes on when its sound cannot.
  #safely(act) {
    try {
      act();
    } catch {
      this.#tell("problem.sound");
    }
  }

  #tell(problem) {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    this.#onProblem(problem);
  }
}
