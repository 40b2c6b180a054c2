// How long the WebAssembly module takes for a sample, policy included, the median of some rounds, in ns:
//   node core_speed.mjs MODULE.wasm LAYOUT.json STRETCHES.bin ROUNDS
import { readFileSync } from "node:fs";

const [, , modulePath, layoutPath, stretchesPath, rounds] = process.argv;
const { detector, policy } = JSON.parse(readFileSync(layoutPath, "utf8"));
const { instance } = await WebAssembly.instantiate(readFileSync(modulePath), {});
const core = instance.exports;

let end = (core.__heap_base.value + 15) & ~15;
function place(layout, name) {
  const at = end;
  end += 4 * layout.blocks[name].size;
  return at;
}
const settings = place(detector, "SETTINGS_WORDS"), policySettings = place(policy, "SETTINGS_WORDS");
const state = place(detector, "STATE_FLOATS"), stateInts = place(detector, "STATE_INTS");
const out = place(detector, "OUTPUT_FLOATS"), outInts = place(detector, "OUTPUT_INTS");
const policyState = place(policy, "STATE_FLOATS"), policyInts = place(policy, "STATE_INTS");
const cue = place(policy, "CUE_FLOATS"), cueInts = place(policy, "CUE_INTS");
const motion = new Float32Array(core.memory.buffer, end, 6);

// The first stretch, as trace.py writes it: both settings lie side by side, here as there.
const words = new Int32Array(new Uint8Array(readFileSync(stretchesPath)).buffer);
const count = words[1], settingsWords = (state - settings) / 4;
new Int32Array(core.memory.buffer, settings, settingsWords).set(words.subarray(2, 2 + settingsWords));
const stepsUs = new Int32Array(count), motions = [];
for (let index = 0, at = 2 + settingsWords; index < count; index++, at += 7) {
  stepsUs[index] = words[at];
  motions.push(new Float32Array(words.buffer, 4 * (at + 1), 6));
}

function pass() {
  core.detector_init(state, stateInts);
  core.policy_init(policyState, policyInts);
  for (let index = 0; index < count; index++) {
    const stepUs = stepsUs[index];
    motion.set(motions[index]);
    const events = core.detector_step(settings, state, stateInts, out, outInts, stepUs, motion.byteOffset);
    core.policy_advance(policyState, policyInts, cue, cueInts, stepUs);
    if (events & detector.constants.EVENT_STRIDE) {
      core.policy_stride(policySettings, policyState, policyInts, out, outInts, cue, cueInts);
    }
  }
}

pass(); // the engine compiles it better once it has run
const times = Array.from({ length: Number(rounds) }, () => {
  const begun = process.hrtime.bigint();
  pass();
  return Number(process.hrtime.bigint() - begun) / count;
}).sort((a, b) => a - b);
console.log(times[times.length >> 1]);
