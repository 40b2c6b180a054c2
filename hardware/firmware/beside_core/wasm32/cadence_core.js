// The on-device core for pages and node: samples of one foot in, strides and cues out, to the bit as `coach`
// finds them in the same samples; or cues alone, from strides that the pod found or ready-made cadence. Types,
// units and how to use it: cadence_core.d.ts.

const BLOCKS = {
  settings: ["detector", "SETTINGS_WORDS"], // the name here: the layout, and the name of the block's size in it
  state: ["detector", "STATE_FLOATS"],
  stateInts: ["detector", "STATE_INTS"],
  out: ["detector", "OUTPUT_FLOATS"],
  outInts: ["detector", "OUTPUT_INTS"],
  policySettings: ["policy", "SETTINGS_WORDS"],
  policy: ["policy", "STATE_FLOATS"],
  policyInts: ["policy", "STATE_INTS"],
  cue: ["policy", "CUE_FLOATS"],
  cueInts: ["policy", "CUE_INTS"],
};
const AXES = 6;
const SENSOR = { acc_limit_m_s2: Infinity, gyro_limit_rad_s: Infinity, has_gyroscope: 1 };
const RUNNER = { baseline_spm: 0, baseline_speed_m_s: 0, target_spm: 0, fade: 0 };

export async function init(module, layout, { sensor = {}, policy = {}, side = null } = {}) {
  const [compiled, table] = await Promise.all([moduleOf(module), tableOf(layout)]);
  const [hash] = WebAssembly.Module.customSections(compiled, "source_hash");
  if (!hash) throw new Error("this module is not cadence_core.wasm");
  if (!table?.detector || !table.policy) throw new Error("this layout is not what cadence_core.json holds");
  if (new TextDecoder().decode(hash) !== table.source_hash) {
    throw new Error("the module and the layout are of different builds: take both from one folder");
  }
  if (!["left", "right", null].includes(side)) throw new Error(`side is "left", "right" or null, not ${side}`);
  const { exports } = await WebAssembly.instantiate(compiled, {});
  const blocks = placed(exports, table);
  fill(blocks.policySettings, "policy", RUNNER, policy);
  const core = new Core(exports, blocks, table, side);
  core.setSensor(sensor);
  return core;
}

async function moduleOf(given) {
  const source = await fetched(given);
  if (source instanceof WebAssembly.Module) return source;
  const bytes = source instanceof Response ? await source.arrayBuffer() : source;
  return WebAssembly.compile(bytes).catch((cause) => {
    throw new Error("this is no WebAssembly module, nor an address of one", { cause });
  });
}

async function tableOf(given) {
  if (typeof given === "string" && given.trimStart().startsWith("{")) return JSON.parse(given);
  const source = await fetched(given);
  return source instanceof Response ? source.json() : source;
}

async function fetched(given) {
  const source = await given;
  const isAddress = typeof source === "string" || source instanceof URL;
  const response = isAddress ? await fetch(source).catch(notHad(source)) : source;
  if (response instanceof Response && !response.ok) {
    throw new Error(`${response.url || "the file"} cannot be had: status ${response.status}`);
  }
  return response;
}

function notHad(address) {
  return (cause) => {
    throw new Error(`${address} cannot be had: give an http address, or what the file holds`, { cause });
  };
}

// The blocks in the module's memory, from the end of its own on.
function placed({ memory, __heap_base }, table) {
  let end = (__heap_base.value + 3) & ~3;
  const place = (element, size, index) => {
    const at = end;
    end += 4 * size;
    const words = new (element === "int32" ? Int32Array : Float32Array)(memory.buffer, at, size);
    return { at, words, index, get: (word) => words[index[word]] };
  };
  const blocks = { motion: place("float32", AXES, {}) };
  for (const [name, [layout, block]] of Object.entries(BLOCKS)) {
    const { element, size, words } = table[layout].blocks[block];
    const index = Object.fromEntries(Object.entries(words).map(([word, where]) => [word, where.index]));
    blocks[name] = place(element, size, index);
  }
  return blocks;
}

function fill(block, of, defaults, given) {
  const unknown = Object.keys(given).find((name) => !Object.hasOwn(defaults, name));
  if (unknown) throw new Error(`no setting ${unknown} of the ${of}; there are ${Object.keys(defaults).join(", ")}`);
  for (const [name, usual] of Object.entries(defaults)) {
    const value = Number(given[name] ?? usual);
    if (Number.isNaN(value)) throw new Error(`the setting ${name} of the ${of} is no number: ${given[name]}`);
    block.words[block.index[name.toUpperCase()]] = value;
  }
}

class Core {
  #entries; #blocks; #is; #ageLimitUs; #names; #side;
  #strides = []; #cues = [];
  #firstUs = 0; #lastUs = 0; // first and newest sample
  #nowUs = 0; // the policy's time: since the first sample, or as the pod's strides and updates have it
  #samples = 0; #missing = 0; #clipped = 0; #gaps = 0; #stillUs = 0; #inMissing = false;

  constructor(entries, blocks, { detector, policy, codes }, side) {
    this.#entries = entries;
    this.#blocks = blocks;
    this.#is = detector.constants;
    this.#ageLimitUs = policy.constants.AGE_LIMIT_US;
    const activities = ["UNKNOWN", "STATIONARY", "WALKING", "RUNNING"].map((name) => [name, this.#is[name]]);
    this.#names = { activity: byValue(activities) };
    for (const [name, values] of Object.entries(codes)) this.#names[name] = byValue(Object.entries(values));
    this.#side = side;
    entries.detector_init(blocks.state.at, blocks.stateInts.at);
    entries.policy_init(blocks.policy.at, blocks.policyInts.at);
  }

  setSensor(sensor) {
    if (this.#samples) throw new Error("the sensor is told before the first sample, not after it");
    fill(this.#blocks.settings, "sensor", SENSOR, sensor);
  }

  feed(tUs, motion) {
    if (motion.length !== AXES * tUs.length) {
      throw new Error(`motion has ${motion.length} values, not ${AXES} for each of ${tUs.length} times`);
    }
    let lastUs = this.#samples ? this.#lastUs : -Infinity;
    for (let k = 0; k < tUs.length; k++) {
      if (!Number.isSafeInteger(tUs[k])) throw new Error(`times are whole numbers of µs, not ${tUs[k]}`);
      if (tUs[k] < lastUs) throw new Error("times run backwards; sort the samples by time before feeding them");
      lastUs = tUs[k];
    }
    for (let k = 0; k < tUs.length; k++) {
      for (let axis = 0; axis < AXES; axis++) this.#blocks.motion.words[axis] = motion[AXES * k + axis];
      this.#take(tUs[k]);
    }
    if (tUs.length) this.#advance(this.#lastUs - this.#firstUs);
  }

  take(stride, closedUs) {
    const { out } = this.#blocks;
    for (const [word, index] of Object.entries(out.index)) out.words[index] = stride[fieldOf(word)] ?? NaN;
    this.#hear(stride.activity, stride.signal === "good", closedUs);
  }

  update({ t_s, cadence_spm, speed_m_s, stride_length_m, activity }) {
    const { words, index } = this.#blocks.out;
    const moves = (activity === "walking" || activity === "running") && cadence_spm > 0;
    words.fill(NaN);
    words[index.OUT_STRIDE_TIME_S] = moves ? 120 / cadence_spm : NaN; // both feet
    words[index.OUT_SPEED_M_S] = speed_m_s ?? NaN;
    words[index.OUT_STRIDE_LENGTH_M] = stride_length_m ?? NaN;
    this.#hear(activity, true, Math.round(t_s * 1e6));
  }

  stride() {
    return this.#strides.shift() ?? null;
  }

  cue() {
    return this.#cues.shift() ?? null;
  }

  lose() {
    this.#blocks.outInts.words[this.#blocks.outInts.index.OUT_GOOD] = 0;
    this.#takeStride(this.#nowUs);
  }

  get activity() {
    return this.#names.activity[this.#blocks.stateInts.get("CURRENT_ACTIVITY")];
  }

  get status() {
    return this.#names.cue_status[this.#blocks.policyInts.get("STATUS")];
  }

  get baseline_spm() {
    return positive(this.#blocks.policy.get("OWN_SPM"));
  }

  get baseline_speed_m_s() {
    return positive(this.#blocks.policy.get("OWN_SPEED_M_S"));
  }

  get target_spm() {
    return positive(this.#blocks.policy.get("GOAL_SPM"));
  }

  get tempo_spm() {
    return this.#blocks.policyInts.get("BURST_SIDE") ? positive(this.#blocks.policy.get("TEMPO_SPM")) : null;
  }

  get counters() {
    return {
      samples: this.#samples,
      missing_samples: this.#missing,
      clipped_samples: this.#clipped,
      gaps: this.#gaps,
      duration_s: (this.#lastUs - this.#firstUs) / 1e6,
      stationary_s: this.#stillUs / 1e6,
    };
  }

  #take(tUs) {
    if (!this.#samples) this.#firstUs = this.#lastUs = tUs;
    const passedUs = tUs - this.#lastUs;
    this.#lastUs = tUs;
    this.#samples += 1;
    const { settings, state, stateInts, out, outInts, motion } = this.#blocks;
    const events = this.#entries.detector_step(
      settings.at, state.at, stateInts.at, out.at, outInts.at, Math.min(passedUs, this.#ageLimitUs), motion.at);
    const is = this.#is;
    if (stateInts.get("CURRENT_ACTIVITY") === is.STATIONARY) this.#stillUs += passedUs;
    const isMissing = (events & is.EVENT_UNUSABLE) !== 0;
    if (isMissing) this.#missing += 1;
    if (events & (is.EVENT_UNUSABLE | is.EVENT_GAP) && !this.#inMissing) this.#gaps += 1;
    this.#inMissing = isMissing;
    if (events & is.EVENT_CLIPPED) this.#clipped += 1;
    if (events & is.EVENT_STRIDE) {
      this.#strides.push(this.#strideRecord());
      this.#takeStride(tUs - this.#firstUs);
    }
  }

  #hear(activity, isGood, closedUs) {
    const { words, index } = this.#blocks.outInts;
    words[index.OUT_ACTIVITY] = this.#is[activity.toUpperCase()];
    words[index.OUT_GOOD] = isGood ? 1 : 0;
    this.#takeStride(closedUs);
  }

  // What stands in the detector's output is a stride for the policy.
  #takeStride(closedUs) {
    this.#advance(closedUs);
    const { policySettings, policy, policyInts, out, outInts, cue, cueInts } = this.#blocks;
    if (this.#entries.policy_stride(
      policySettings.at, policy.at, policyInts.at, out.at, outInts.at, cue.at, cueInts.at)) this.#keepCue();
  }

  // Bring the policy's time up to `untilUs`.
  #advance(untilUs) {
    const { policy, policyInts, cue, cueInts } = this.#blocks;
    do {
      const stepUs = Math.min(Math.max(untilUs - this.#nowUs, 0), this.#ageLimitUs);
      this.#nowUs += stepUs;
      if (this.#entries.policy_advance(policy.at, policyInts.at, cue.at, cueInts.at, stepUs)) this.#keepCue();
    } while (this.#nowUs < untilUs);
  }

  #strideRecord() {
    const { out, outInts } = this.#blocks;
    const since = (word) => (this.#lastUs - outInts.get(word) - this.#firstUs) / 1e6;
    const record = {
      t_toe_off_s: since("OUT_TOE_OFF_AGE_US"),
      t_contact_s: since("OUT_CONTACT_AGE_US"),
      t_mid_stance_s: since("OUT_MID_STANCE_AGE_US"),
    };
    for (const [word, index] of Object.entries(out.index)) {
      const value = out.words[index];
      record[fieldOf(word)] = shortest(value);
      if (word === "OUT_STRIDE_TIME_S") record.cadence_spm = shortest(Math.fround(120 / value)); // both feet
    }
    record.clipped = outInts.get("OUT_CLIPPED") !== 0;
    record.activity = this.#names.activity[outInts.get("OUT_ACTIVITY")];
    record.side = this.#side;
    record.signal = outInts.get("OUT_GOOD") ? "good" : "bad";
    return record;
  }

  #keepCue() {
    const { cue, cueInts } = this.#blocks;
    this.#cues.push({
      t_s: (this.#nowUs - cueInts.get("CUE_AGE_US")) / 1e6,
      kind: this.#names.cue_kind[cueInts.get("CUE_KIND")],
      tempo_spm: shortest(cue.get("CUE_TEMPO_SPM")),
      reason: this.#names.cue_reason[cueInts.get("CUE_REASON")],
    });
  }
}

function fieldOf(word) {
  return word.replace("OUT_", "").toLowerCase();
}

function positive(value) {
  return value > 0 ? shortest(value) : null;
}

function byValue(entries) {
  return Object.fromEntries(entries.map(([name, value]) => [value, name.toLowerCase()]));
}

// A float32 as its shortest decimal form, as `coach` prints it; null where it is not known.
export function shortest(value) {
  if (!Number.isFinite(value)) return null;
  let digits = 1;
  while (digits < 9 && Math.fround(value.toPrecision(digits)) !== value) digits += 1;
  let text = value.toPrecision(digits);
  // Halfway between two, JavaScript takes the larger and numpy the even one.
  if (/50{19}(e|$)/.test(value.toPrecision(digits + 20))) {
    text = text.replace(/^([-\d.]*)([13579])(?=e|$)/, (_, head, digit) => head + (digit - 1));
  }
  return Number(text);
}
