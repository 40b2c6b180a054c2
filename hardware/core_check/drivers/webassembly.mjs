// The driver of trace.py for the WebAssembly module:
//   node webassembly.mjs MODULE.wasm LAYOUT.json STRETCHES.bin TRACES.bin
import { readFileSync, writeFileSync } from "node:fs";

const [, , modulePath, layoutPath, stretchesPath, tracesPath] = process.argv;
const { detector, policy } = JSON.parse(readFileSync(layoutPath, "utf8"));
const { instance } = await WebAssembly.instantiate(readFileSync(modulePath), {});
const core = instance.exports;

// Blocks of state and output, from the end of the module's own memory on, and then the input. What may hold
// any NaN stands first.
const size = (layout, name) => layout.blocks[name].size;
const mayHoldAnyNan = [
  ["state", size(detector, "STATE_FLOATS")],
  ["policy", size(policy, "STATE_FLOATS")],
];
const others = [
  ["out", size(detector, "OUTPUT_FLOATS")],
  ["cue", size(policy, "CUE_FLOATS")],
  ["stateInts", size(detector, "STATE_INTS")],
  ["policyInts", size(policy, "STATE_INTS")],
  ["outInts", size(detector, "OUTPUT_INTS")],
  ["cueInts", size(policy, "CUE_INTS")],
];
const input = [
  ["settings", size(detector, "SETTINGS_WORDS")],
  ["policySettings", size(policy, "SETTINGS_WORDS")],
  ["motion", 6],
];
const start = (core.__heap_base.value + 15) & ~15;
const at = {};
let end = start;
for (const [name, count] of [...mayHoldAnyNan, ...others, ...input]) {
  at[name] = end;
  end += 4 * count;
}
const total = (blocks) => blocks.reduce((sum, [, count]) => sum + count, 0);
const anyNan = total(mayHoldAnyNan);
const words = new Uint32Array(core.memory.buffer, start, anyNan + total(others));
const weights = words.map((_, index) => Math.imul(2 * index + 1, 2654435761));

// The finaliser of MurmurHash3.
function mixed(word) {
  word = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}

function digest() {
  let sum = 0;
  for (let index = 0; index < words.length; index++) {
    let word = words[index];
    if (index < anyNan && (word & 0x7fffffff) > 0x7f800000) word = 0x7fc00000;
    sum = (sum + mixed(word ^ weights[index])) | 0;
  }
  return sum >>> 0;
}

const stretches = readFileSync(stretchesPath);
const data = new DataView(stretches.buffer, stretches.byteOffset, stretches.byteLength);
const memory = new DataView(core.memory.buffer);
let from = 0;

function copyIn(to, count) {
  for (let index = 0; index < count; index++) {
    memory.setUint32(to + 4 * index, data.getUint32(from, true), true);
    from += 4;
  }
}

function takeInt() {
  from += 4;
  return data.getInt32(from - 4, true);
}

function traced() {
  const count = takeInt();
  copyIn(at.settings, total(input) - 6); // both settings lie side by side, here as there
  words.fill(0);
  core.detector_init(at.state, at.stateInts);
  core.policy_init(at.policy, at.policyInts);
  const told = new Uint32Array(2 * count);
  for (let index = 0; index < count; index++) {
    const stepUs = takeInt();
    copyIn(at.motion, 6);
    let event = core.detector_step(
      at.settings, at.state, at.stateInts, at.out, at.outInts, stepUs, at.motion);
    event |= 0x100 * core.policy_advance(at.policy, at.policyInts, at.cue, at.cueInts, stepUs);
    if (event & detector.constants.EVENT_STRIDE) {
      event |= 0x200 * core.policy_stride(
        at.policySettings, at.policy, at.policyInts, at.out, at.outInts, at.cue, at.cueInts);
    }
    told[2 * index] = event;
    told[2 * index + 1] = digest();
  }
  return new Uint8Array(told.buffer);
}

const stretchCount = takeInt();
const traces = [];
for (let index = 0; index < stretchCount; index++) traces.push(traced());
writeFileSync(tracesPath, Buffer.concat(traces));
