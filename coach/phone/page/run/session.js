// A run under way: each message is kept, goes through the run, and what comes of it is sounded and shown.

import { summaryOf } from "./summary.js";
import { UPDATE_LASTS_S } from "./track.js";

const FORGET_AFTER_S = 5; // what was told of a stride is not shown as the present any longer
const SLICE = 1000; // messages: some hundredths of a second on a phone
const QUIET_S = 1; // without a message for so long, the time shown goes on by the page's clock

export class Session {
  #run; #recorder; #player; #core; #now;
  #results = { strides: [], cues: [], updates: [] };
  #distance_m = null;
  #lastUs = 0;
  #over = false;

  // `core` is the one within `run`. `player` hears what comes live, and is not asked of a run that is replayed
  // alone; `now` gives µs since 1970.
  constructor({ run, core, recorder, player, now }) {
    this.#run = run;
    this.#core = core;
    this.#recorder = recorder;
    this.#player = player;
    this.#now = now;
  }

  get core() {
    return this.#core;
  }

  get results() {
    return this.#results;
  }

  get head() {
    return this.#recorder.head;
  }

  // Bring a run to where its messages left it, in slices: the page stays alive. What was to be heard then is not
  // heard now.
  async replay(messages) {
    for (let at = 0; at < messages.length; at += SLICE) {
      for (const message of messages.slice(at, at + SLICE)) this.#add(this.#run.take(message), message.tUs);
      await nextTask();
    }
  }

  // Take up a run that was cut off, at `tUs`. Whatever link it had is gone.
  async takeUp(messages, tUs) {
    await this.replay(messages);
    const lost = { state: "lost", pod: "", detail: "the page was closed", count: 0 };
    if (messages.length) this.take({ tUs: Math.max(tUs, this.#lastUs), ...lost });
  }

  // Go on by a message of the link. Returns what must be written to the pod.
  take(message) {
    this.#recorder.write(message);
    const found = this.#run.take(message);
    this.#add(found, message.tUs);
    this.#player.take(found, this.#run.duration_s);
    return this.#run.requests();
  }

  // The link is closed: what was held back, and the run's numbers.
  async finish() {
    if (!this.#over) this.#add(this.#run.finish(), this.#lastUs);
    this.#over = true;
    this.#note();
    if (!this.#results.strides.length && !this.#results.updates.length) {
      await this.#recorder.forget();
      return null;
    }
    this.#recorder.note(summaryOf(this.head, this.#results));
    await this.#recorder.finish(this.#results);
    return this.head;
  }

  // The moment, for a screen.
  view() {
    const run = this.#run;
    const sinceS = this.#lastUs && !this.#over ? (this.#now() - this.#lastUs) / 1e6 : 0;
    const elapsed_s = run.duration_s + (sinceS > QUIET_S ? sinceS : 0);
    const { activity, cadence_spm, speed_m_s, age_s } = run.live;
    const fresh = run.connected && sinceS < FORGET_AFTER_S && !(age_s > FORGET_AFTER_S);
    const said = this.#results.cues.at(-1);
    return {
      phase: this.#over ? "over" : this.#results.strides.length || this.#results.updates.length ? "running" : "waiting",
      elapsed_s,
      distance_m: this.#distance_m,
      cadence_spm: fresh ? cadence_spm : null,
      speed_m_s: fresh ? speed_m_s : null,
      activity: fresh ? activity : "unknown",
      baseline_spm: this.#core.baseline_spm,
      target_spm: this.#core.target_spm,
      tempo_spm: this.#core.tempo_spm,
      status: this.#core.status,
      said: said ? { ...said, age_s: Math.max(0, elapsed_s - said.t_s) } : null,
      link: this.#over ? "closed" : run.connected ? (run.stalled ? "stalled" : "connected") : run.pod ? "lost" : "connecting",
      pod: run.device,
      battery_percent: run.battery_percent,
      strides: this.#results.strides.length,
      losses: run.losses,
      paused: this.#player.muted,
    };
  }

  #add({ strides, cues, updates }, tUs) {
    this.#lastUs = tUs;
    this.#results.strides.push(...strides);
    this.#results.cues.push(...cues);
    for (const { stride_length_m } of strides) this.#addWay(stride_length_m);
    for (const update of updates) this.#addUpdate(update);
    if (strides.length || updates.length) this.#note();
  }

  #addWay(length_m) {
    if (length_m !== null) this.#distance_m = (this.#distance_m ?? 0) + length_m;
  }

  // The one before held until this one.
  #addUpdate(update) {
    const { updates } = this.#results;
    const before = updates.at(-1);
    if (before) this.#addWay(before.speed_m_s * Math.min(update.t_s - before.t_s, UPDATE_LASTS_S));
    updates.push(update);
  }

  #note() {
    const { duration_s, stationary_s, device, losses, pod: protocol } = this.#run;
    const facts = { duration_s, stationary_s, device, losses, protocol, strides: this.#results.strides.length };
    const { baseline_spm, target_spm } = this.#core;
    if (!this.head.started_ms) facts.started_ms = Math.round(this.#lastUs / 1e3 - duration_s * 1e3);
    this.#recorder.note({ ...facts, baseline_spm, target_spm, distance_m: this.#distance_m });
  }
}

// A timer of a page that is put away may wait for a minute; this does not.
function nextTask() {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
