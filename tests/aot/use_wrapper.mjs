// Uses the wrapper as a page would: node use_wrapper.mjs FOLDER TASK.json
// The task: {cores: [{options, tUs, motion}], batches: [[core, count] or [core, "lose"], ...]}, motion as
// base64 of float32. Prints what each core gave.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [, , folder, taskPath] = process.argv;
const { init } = await import(pathToFileURL(`${folder}/cadence_core.js`));
const module = await WebAssembly.compile(readFileSync(`${folder}/cadence_core.wasm`));
const layout = JSON.parse(readFileSync(`${folder}/cadence_core.json`, "utf8"));
const task = JSON.parse(readFileSync(taskPath, "utf8"));

const runs = [];
for (const { options, tUs, motion } of task.cores) {
  const bytes = Buffer.from(motion, "base64");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  const core = await init(module, layout, options);
  runs.push({ core, tUs: Float64Array.from(tUs), motion: values, at: 0, strides: [], cues: [] });
}
for (const [index, count] of task.batches) {
  const run = runs[index];
  if (count === "lose") {
    run.core.lose();
  } else {
    const end = run.at + count;
    run.core.feed(run.tUs.subarray(run.at, end), run.motion.subarray(6 * run.at, 6 * end));
    run.at = end;
  }
  for (let stride; (stride = run.core.stride()); ) run.strides.push(stride);
  for (let cue; (cue = run.core.cue()); ) run.cues.push(cue);
}
console.log(JSON.stringify(runs.map(({ core, strides, cues }) => (
  { strides, cues, counters: core.counters, activity: core.activity, status: core.status }))));
