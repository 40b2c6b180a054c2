// The open pod: what to write to it, and what its frames mean, as firmware_bridge/pods/open_pod.py has it.

import { PodClock } from "./clock.js";
import { COMMAND, DONE, MODE, STRIDE_VALUES, decode, encodeCommand } from "./frames.js";
import { countBad, countEvent, newLosses } from "./losses.js";
import { ahead, shortest } from "./numbers.js";
import { NEW_LIFE, Reassembly } from "./reassembly.js";

const SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e";
const WRITE_CHANNEL = "6e400002-b5a3-f393-e0a9-e50e24dcca9e";
const NOTIFY_CHANNEL = "6e400003-b5a3-f393-e0a9-e50e24dcca9e";

const NAMES = { raw: "open", strides: "open-strides" };
const SILENCE_S = { raw: 1, strides: 25 }; // a pod whose runner stands tells its battery alone, every 10 s
const OVERLAP_US = { raw: 20_000, strides: 500_000 }; // without samples, events overtake one another
const CLOCK_FAULT_US = 30_000_000; // no frame is delayed longer, so a clock cannot gain so much
const WAITING_FRAMES = 128; // kept while the pod has not said how to read them
const ASK_EVERY_PACKETS = 32; // the same is not asked again sooner
const TOKEN = { greeting: 1, farewell: 2, request: 3 };

// `mode`: what the pod is asked to send, "raw" or "strides".
export function openPod(mode) {
  return {
    name: NAMES[mode],
    service: SERVICE,
    notify: [NOTIFY_CHANNEL],
    silenceS: SILENCE_S[mode],
    greeting: () => [request(COMMAND.START, TOKEN.greeting, mode)],
    farewell: () => [request(COMMAND.STOP, TOKEN.farewell)],
    decoder: () => new OpenPodDecoder(mode),
  };
}

function request(command, token, mode) {
  const payload = command === COMMAND.START ? [MODE[mode]] : [];
  return { channel: WRITE_CHANNEL, data: encodeCommand(command, token, payload) };
}

// Samples come out in the order of their times over the whole run, whatever the pod's clock does.
class OpenPodDecoder {
  #mode; #clock; #order;
  #placedSequence = 0;
  #hello = null;
  #info = ""; // as told last
  #waiting = [];
  #lastUs = -Infinity;
  #due = null; // when the next sample is due and in which life of the clock; null when none is awaited
  #requests = [];
  #askedAt = new Map();

  losses = newLosses();

  constructor(mode) {
    this.#mode = mode;
    this.#clock = new PodClock(OVERLAP_US[mode]);
    this.#order = new Reassembly(this.losses);
  }

  take(message) {
    const { state, tUs, channel, data } = message;
    if (state) {
      countEvent(this.losses, message);
      return state === "lost" || state === "closed" ? this.#readAll(this.#order.release()) : [];
    }
    this.losses.packets += 1;
    const frame = channel === NOTIFY_CHANNEL ? decode(data) : "unknown channel";
    if (frame.kind) {
      const known = { hostUs: tUs, mark: markOf(data), isHello: frame.kind === "hello" };
      return this.#readAll(this.#order.take({ ...frame, ...known }));
    }
    countBad(this.losses, frame);
    return [];
  }

  // What was held back. What the pod never said how to read is counted as unplaced.
  finish() {
    const readings = this.#readAll(this.#order.release());
    this.#forgetWaiting();
    return readings;
  }

  // INFO while samples cannot be read for want of a hello, START when the pod does not stream.
  requests() {
    return this.#requests.splice(0);
  }

  #readAll(frames) {
    return frames.flatMap((frame) => (frame === NEW_LIFE ? this.#beginLife() : this.#read(frame)));
  }

  #beginLife() {
    this.losses.restarts += 1;
    this.#clock.restart();
    this.#hello = this.#due = null;
    this.#askedAt.clear();
    this.#forgetWaiting();
    return [];
  }

  #read(frame) {
    const { kind, percent, command, status } = frame;
    if (kind === "hello") return this.#greet(frame);
    if (kind === "battery") return [{ kind, percent }];
    if (kind === "ack") {
      if (command === COMMAND.STOP && status === DONE) this.#due = null;
      return [];
    }
    // A hello is needed, and since time 0 is a sample's, a sample must come first where any will.
    const canPlace = this.#hello && (kind === "samples" || this.#clock.running || this.#mode === "strides");
    return canPlace ? this.#place(frame) : this.#keep(frame);
  }

  #greet(hello) {
    this.#hello = hello;
    const { percent, streams, mode } = hello;
    const readings = [];
    const info = JSON.stringify(hello.info);
    if (info !== this.#info) readings.push({ kind: "info", ...hello.info });
    this.#info = info;
    if (percent !== null) readings.push({ kind: "battery", percent });
    if (!streams) this.#due = null;
    if (!streams || mode !== MODE[this.#mode]) this.#ask(COMMAND.START);
    return [...readings, ...this.#placeWaiting()];
  }

  #keep(frame) {
    this.#waiting.push(frame);
    if (this.#waiting.length > WAITING_FRAMES) {
      this.#waiting.shift();
      this.losses.unplaced += 1;
    }
    if (!this.#hello) this.#ask(COMMAND.INFO);
    return [];
  }

  #placeWaiting() {
    return this.#waiting.splice(0).flatMap((frame) => this.#read(frame));
  }

  #forgetWaiting() {
    this.losses.unplaced += this.#waiting.splice(0).length;
  }

  #ask(command) {
    const { packets } = this.losses;
    if (packets - this.#askedAt.get(command) < ASK_EVERY_PACKETS) return;
    this.#askedAt.set(command, packets);
    this.#requests.push(request(command, TOKEN.request, this.#mode));
  }

  #place(frame) {
    const { kind, tickUs, cue } = frame;
    if (kind === "samples") return [this.#placeSamples(frame), ...this.#placeWaiting()];
    // Samples lead the clock; where there are none, the events do.
    if (this.#mode === "strides") this.#leadClock(frame, 0);
    const t_s = this.#clock.timeOf(tickUs) / 1e6;
    if (kind === "stride") return [{ kind, stride: this.#strideOf(frame, t_s) }];
    return [kind === "cue" ? { kind, cue: { t_s, ...cue } } : { kind, t_s }];
  }

  #placeSamples(frame) {
    const { count, periodNs, raw } = frame;
    const offsetUs = (index) => Math.floor((index * periodNs) / 1000);
    const firstUs = this.#leadClock(frame, offsetUs(count - 1));
    const { restarts } = this.#clock;
    if (this.#due?.restarts === restarts) {
      const missingNs = (firstUs - this.#due.tUs) * 1000;
      this.losses.lost_samples += Math.max(0, Math.floor((missingNs + (periodNs >>> 1)) / periodNs));
    }
    this.#due = { tUs: firstUs + offsetUs(count), restarts };
    const tUs = Float64Array.from({ length: count }, (_, k) => Math.max(firstUs + offsetUs(k), this.#lastUs));
    this.#lastUs = tUs[count - 1];
    const [accScale, gyroScale] = this.#hello.scales;
    // The product, stored as float32, is that of two float32.
    const motion = Float32Array.from(raw, (value, k) => value * (k % 6 < 3 ? accScale : gyroScale));
    return { kind: "samples", tUs, motion };
  }

  #strideOf({ toeOffUs, contactUs, values, rest }, t_mid_stance_s) {
    const record = {
      t_toe_off_s: this.#clock.timeOf(toeOffUs) / 1e6,
      t_contact_s: this.#clock.timeOf(contactUs) / 1e6,
      t_mid_stance_s,
    };
    for (const [k, name] of STRIDE_VALUES.entries()) {
      record[name] = shortest(values[k]);
      if (name === "stride_time_s") record.cadence_spm = shortest(Math.fround(120 / values[k])); // both feet
    }
    return { ...record, ...rest };
  }

  // Place a frame, and count it if the clock leapt before it, forwards or backwards.
  #leadClock({ tickUs, sequence, hostUs }, spanUs) {
    const clock = this.#clock;
    const { running, restarts } = clock;
    const missing = ahead(this.#placedSequence + 1, sequence);
    if (clock.gainsUs(tickUs, hostUs) > CLOCK_FAULT_US * (1 + missing)) clock.restart();
    const firstUs = clock.place(tickUs, hostUs, spanUs);
    if (running && clock.restarts > restarts) this.losses.clock_faults += 1;
    this.#placedSequence = sequence;
    return firstUs;
  }
}

// FNV-1a: a frame that came before is known again by it.
function markOf(bytes) {
  return bytes.reduce((mark, byte) => Math.imul(mark ^ byte, 0x01000193), 0x811c9dc5);
}
