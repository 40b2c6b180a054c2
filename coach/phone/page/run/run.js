// A run: the messages of one pod's link in, strides and cues out, as coach/run.py gives them. A run under way
// and one that is taken up again go through this one class, and nothing here reads a clock.

import { newLosses } from "../pod/losses.js";

const UNHEARD = ["lost", "stalled"];
const UNKNOWN = { activity: "unknown", cadence_spm: null, speed_m_s: null, age_s: null };

export class Run {
  #core; #decoderOf; #side;
  #decoder = null;
  #info = null;
  #detects = false; // whether the pod sends samples
  #detected = null; // the newest stride found in them
  #podEnd_s = 0; // of the strides that the pod found itself
  #lastUpdate = null;

  pod = ""; // name of the pod's protocol; empty before the first connection
  battery_percent = null;
  connected = false;
  stalled = false;
  last_stride = null;

  // `core` as `init` of the core gives it; `decoderOf` gives a decoder for the name of a pod's protocol;
  // `side` of the foot that carries the pod, null where it was not told.
  constructor({ core, decoderOf, side }) {
    this.#core = core;
    this.#decoderOf = decoderOf;
    this.#side = side;
  }

  // Go on by one message. Returns what came of it.
  take(message) {
    this.#note(message);
    const found = this.#found(this.#decoder?.take(message) ?? []);
    if (UNHEARD.includes(message.state) && this.pod) {
      this.#core.lose();
      this.#fetchCues(found);
    }
    return found;
  }

  // What was held back, once the last message is in.
  finish() {
    return this.#found(this.#decoder?.finish() ?? []);
  }

  // What must be written to the pod now.
  requests() {
    return this.#decoder?.requests() ?? [];
  }

  get device() {
    return this.#info ? `${this.#info.model} ${this.#info.firmware}`.trim() : "";
  }

  get losses() {
    return this.#decoder?.losses ?? newLosses();
  }

  get duration_s() {
    if (this.#detects) return this.#core.counters.duration_s;
    return Math.max(this.#lastUpdate?.t_s ?? 0, this.#podEnd_s);
  }

  get stationary_s() {
    return this.#core.counters.stationary_s;
  }

  // What the runner does at the newest reading.
  get live() {
    const told = this.#lastUpdate ?? this.last_stride;
    if (!this.#detects) return told ? liveOf(told, told.activity, 0) : UNKNOWN;
    const { activity } = this.#core;
    const last = this.#detected;
    const age_s = last ? this.duration_s - last.t_mid_stance_s : null;
    if (activity === "stationary") return { activity, cadence_spm: 0, speed_m_s: 0, age_s };
    return last && activity !== "unknown" ? liveOf(last, activity, age_s) : { ...UNKNOWN, activity, age_s };
  }

  #note({ state, pod }) {
    if (state === "connected") {
      this.connected = true;
      this.stalled = false;
      if (this.#decoder) return;
      this.#decoder = this.#decoderOf(pod);
      this.pod = pod;
    } else if (state === "lost" || state === "closed") {
      this.connected = this.stalled = false;
    } else if (state === "stalled" || state === "resumed") {
      this.stalled = state === "stalled";
    }
  }

  #found(readings) {
    const found = { strides: [], cues: [], updates: [], presses: [] };
    for (const reading of readings) {
      this.#use(reading, found);
      this.#fetchCues(found);
    }
    this.last_stride = found.strides.at(-1) ?? this.last_stride;
    return found;
  }

  #use(reading, found) {
    switch (reading.kind) {
      case "samples":
        this.#detect(reading, found);
        break;
      case "stride":
        if (!this.#detects) this.#takeOwn(reading.stride, found); // else its samples are there to find it in
        break;
      case "update":
        this.#lastUpdate = reading.update;
        found.updates.push(reading.update);
        this.#core.update(reading.update);
        break;
      case "cue": // of a pod that cues by itself
        found.cues.push(reading.cue);
        break;
      case "info":
        this.#info = reading;
        break;
      case "battery":
        this.battery_percent = reading.percent;
        break;
      case "button":
        found.presses.push({ t_s: reading.t_s });
    }
  }

  #detect({ tUs, motion }, found) {
    if (!this.#detects) this.#core.setSensor(this.#info.sensor);
    this.#detects = true;
    this.#core.feed(tUs, motion);
    for (let stride; (stride = this.#core.stride()); found.strides.push(stride)) this.#detected = stride;
  }

  // A stride that the pod found itself. When its record closed is not told.
  #takeOwn(told, found) {
    const stride = { ...told, side: this.#side ?? told.side };
    this.#podEnd_s = stride.t_mid_stance_s;
    found.strides.push(stride);
    this.#core.take(stride, Math.round(stride.t_mid_stance_s * 1e6));
  }

  #fetchCues(found) {
    for (let cue; (cue = this.#core.cue()); ) found.cues.push(cue);
  }
}

function liveOf({ cadence_spm, speed_m_s }, activity, age_s) {
  return { activity, cadence_spm, speed_m_s, age_s };
}
