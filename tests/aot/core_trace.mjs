// The driver of hardware/firmware/core_trace.py for the WebAssembly module:
//   node core_trace.mjs MODULE.wasm LAYOUT.json STRETCH.bin TRACE.bin
import { readFileSync, writeFileSync } from "node:fs";

const [, , modulePath, layoutPath, stretchPath, tracePath] = process.argv;
const { detector, policy } = JSON.parse(readFileSync(layoutPath, "utf8"));
const { instance } = await WebAssembly.instantiate(readFileSync(modulePath), {});
const core = instance.exports;

// Every block of state and output, the float32 first, from the end of the module's own memory on.
const size = (layout, name) => layout.blocks[name].size;
const floats = [
  ["state", size(detector, "STATE_FLOATS")],
  ["out", size(detector, "OUTPUT_FLOATS")],
  ["policy", size(policy, "STATE_FLOATS")],
  ["cue", size(policy, "CUE_FLOATS")],
];
const ints = [
  ["stateInts", size(detector, "STATE_INTS")],
  ["outInts", size(detector, "OUTPUT_INTS")],
  ["policyInts", size(policy, "STATE_INTS")],
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
for (const [name, count] of [...floats, ...ints, ...input]) {
  at[name] = end;
  end += 4 * count;
}
const total = (blocks) => blocks.reduce((sum, [, count]) => sum + count, 0);
const floatCount = total(floats);
const words = new Uint32Array(core.memory.buffer, start, floatCount + total(ints));
const weights = words.map((_, index) => Math.imul(2 * index + 1, 2654435761));

function digest() {
  let sum = 0;
  for (let index = 0; index < words.length; index++) {
    let word = words[index];
    if (index < floatCount && (word & 0x7fffffff) > 0x7f800000) word = 0x7fc00000;
    sum = (sum + Math.imul(word, weights[index])) | 0;
  }
  return sum >>> 0;
}

const stretch = readFileSync(stretchPath);
const data = new DataView(stretch.buffer, stretch.byteOffset, stretch.byteLength);
const memory = new DataView(core.memory.buffer);
const copy = (to, from, count) => {
  for (let index = 0; index < count; index++) {
    memory.setUint32(to + 4 * index, data.getUint32(from + 4 * index, true), true);
  }
};
const count = data.getInt32(0, true);
const settingsCount = total(input) - 6;
copy(at.settings, 4, settingsCount); // both settings lie side by side, here as there
core.detector_init(at.state, at.stateInts);
core.policy_init(at.policy, at.policyInts);
const trace = new Uint32Array(2 * count);
const strideEvent = detector.constants.EVENT_STRIDE;
for (let index = 0; index < count; index++) {
  const sample = 4 + 4 * settingsCount + 28 * index;
  const stepUs = data.getInt32(sample, true);
  copy(at.motion, sample + 4, 6);
  let event = core.detector_step(
    at.settings, at.state, at.stateInts, at.out, at.outInts, stepUs, at.motion);
  event |= 0x100 * core.policy_advance(at.policy, at.policyInts, at.cue, at.cueInts, stepUs);
  if (event & strideEvent) {
    event |= 0x200 * core.policy_stride(
      at.policySettings, at.policy, at.policyInts, at.out, at.outInts, at.cue, at.cueInts);
  }
  trace[2 * index] = event;
  trace[2 * index + 1] = digest();
}
writeFileSync(tracePath, trace);
