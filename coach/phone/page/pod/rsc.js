// Any Running Speed and Cadence sensor: ready-made cadence about once a second, read as firmware_bridge's
// pods/rsc.py does. Some sensors count steps, others one foot's strides, and none tells which.

import { countBad, countEvent, newLosses } from "./losses.js";

const uuidOf = (number) => `0000${number}-0000-1000-8000-00805f9b34fb`;
const MEASUREMENT = uuidOf("2a53");
const BATTERY_LEVEL = uuidOf("2a19");

const TWICE_WITHIN_US = 50_000; // the same bytes within this time are one measurement delivered twice
const RUNS_FROM_M_S = 2.2;
const STANDS_BELOW_M_S = 0.5;
const STRIDES_BELOW_PER_MIN = 110; // nobody runs with fewer steps a minute
const STEPS_ABOVE_PER_MIN = 130; // nobody but a sprinter makes twice as many
const RATIO_BAND = 2 ** 0.25;
const KNOWN_AT = 3; // so many readings of one kind more than of the other settle what it counts
const SURE_AT = 10; // more are not counted, so that a wrong start can be mended

const HEAD_BYTES = 4;
const HAS_LENGTH = 1;
const HAS_DISTANCE = 2;
const RUNS = 4;

export const RSC = {
  name: "rsc",
  service: uuidOf("1814"),
  notify: [MEASUREMENT, BATTERY_LEVEL],
  silenceS: 5, // some send nothing in the first seconds of a stop
  greeting: () => [],
  farewell: () => [],
  decoder: () => new RscDecoder(),
};

// The sensor has no clock: readings are placed by their arrival. Until it is known what it counts, only speed
// is told; a new info says when it is known, or was found to be the other.
class RscDecoder {
  #counts = null; // "steps" or "strides"
  #score = 0;
  #firstUs = null;
  #last = null;
  #model = "";

  losses = newLosses();

  take(message) {
    const { state, tUs, channel, data } = message;
    if (state) {
      countEvent(this.losses, message);
      return state === "connected" ? this.#tellInfo() : [];
    }
    this.losses.packets += 1;
    const isLevel = channel === BATTERY_LEVEL && data.length === 1 && data[0] <= 100;
    if (isLevel) return [{ kind: "battery", percent: data[0] }];
    const told = channel === MEASUREMENT ? parse(data) : "unknown channel";
    if (typeof told === "string") {
      countBad(this.losses, told);
      return [];
    }
    const last = this.#last;
    this.#last = { bytes: data.join(), tUs };
    if (last?.bytes === data.join() && tUs - last.tUs < TWICE_WITHIN_US) {
      this.losses.duplicates += 1;
      return [];
    }
    this.#weigh(evidence(told));
    this.#firstUs ??= tUs;
    const update = this.#updateOf(told, (tUs - this.#firstUs) / 1e6);
    return [...this.#tellInfo(), { kind: "update", update }];
  }

  finish() {
    return [];
  }

  requests() {
    return [];
  }

  #weigh(found) {
    if (!found) return;
    const score = this.#score + (found === "steps" ? 1 : -1);
    this.#score = Math.min(Math.max(score, -SURE_AT), SURE_AT);
    if (Math.abs(this.#score) >= KNOWN_AT) this.#counts = this.#score > 0 ? "steps" : "strides";
  }

  #updateOf(told, t_s) {
    const { perMin, speed_m_s } = told;
    let strides = null; // a minute
    if (stands(told)) strides = 0;
    else if (this.#counts && perMin) strides = this.#counts === "steps" ? perMin / 2 : perMin;
    return {
      t_s,
      cadence_spm: strides === null ? null : 2 * strides,
      speed_m_s,
      stride_length_m: strides ? strideLength(told, strides) : null,
      activity: stands(told) ? "stationary" : runs(told) ? "running" : "walking",
    };
  }

  #tellInfo() {
    const words = this.#counts
      ? `counts ${this.#counts} a minute, as detected`
      : "whether it counts steps or strides is not known yet";
    const model = `Running Speed and Cadence sensor (${words})`;
    if (model === this.#model) return [];
    this.#model = model;
    const sensor = { acc_limit_m_s2: Infinity, gyro_limit_rad_s: Infinity, has_gyroscope: false };
    return [{ kind: "info", model, firmware: "", sensor, rate_hz: null }];
  }
}

// A value of RSC Measurement, or in words why it is none.
function parse(data) {
  if (data.length < HEAD_BYTES) return "too short";
  const hasLength = data[0] & HAS_LENGTH;
  const rest = (hasLength ? 2 : 0) + (data[0] & HAS_DISTANCE ? 4 : 0);
  if (data.length !== HEAD_BYTES + rest) return "wrong length";
  const view = new DataView(data.buffer, data.byteOffset);
  return {
    speed_m_s: view.getUint16(1, true) / 256,
    perMin: data[3], // steps or strides
    length_m: hasLength ? view.getUint16(HEAD_BYTES, true) / 100 : 0, // of either; 0 where not told
    saysRuns: (data[0] & RUNS) !== 0,
  };
}

// What a measurement tells: speed / (length x cadence) is 1/2 when the cadence counts steps and the length is
// a stride's, 2 the other way round, and 1 when both are of one kind. Then what people can do decides.
function evidence(told) {
  const { perMin, length_m, speed_m_s } = told;
  if (!perMin) return null;
  const ratio = length_m ? (speed_m_s * 60) / (length_m * perMin) : 0;
  if (0.5 / RATIO_BAND < ratio && ratio < 0.5 * RATIO_BAND) return "steps";
  if (2 / RATIO_BAND < ratio && ratio < 2 * RATIO_BAND) return "strides";
  if (!runs(told)) return null;
  if (perMin < STRIDES_BELOW_PER_MIN) return "strides";
  return perMin > STEPS_ABOVE_PER_MIN ? "steps" : null;
}

function runs({ saysRuns, speed_m_s }) {
  return saysRuns || speed_m_s >= RUNS_FROM_M_S;
}

function stands({ perMin, speed_m_s }) {
  return !perMin && speed_m_s < STANDS_BELOW_M_S;
}

// What is told as length, doubled where that agrees better with speed and cadence: it is a step's.
function strideLength({ length_m, speed_m_s }, stridesPerMin) {
  if (!length_m || !speed_m_s) return null;
  const covered_m = (speed_m_s * 60) / stridesPerMin;
  return covered_m > Math.SQRT2 * length_m ? 2 * length_m : length_m;
}
