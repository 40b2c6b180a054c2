// Answers, line by line, what the page's modules make of messages: node page_in_node.mjs FOLDER
// A task is a JSON object a line; so is the answer. Bytes are hexadecimal, what is not known is null.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const folder = process.argv[2];
const of = (path) => import(`${folder}/${path}`);
const [frames, { PROFILES, decoderOf, profilesFor }, { shortest }, { Run }, { init }] = await Promise.all(
  ["pod/frames.js", "pod/catalogue.js", "pod/numbers.js", "run/run.js", "core/cadence_core.js"].map(of));
const [{ recordingOf }, { csvOf }, { fitOf }] = await Promise.all(
  ["export/mcap.js", "export/csv.js", "export/fit.js"].map(of));
const module = await WebAssembly.compile(readFileSync(`${folder}/core/cadence_core.wasm`));
const layout = JSON.parse(readFileSync(`${folder}/core/cadence_core.json`, "utf8"));

const hex = (bytes) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
// Within a larger buffer, as a notification may come.
const bytesOf = (text) => new Uint8Array(Buffer.from(`00${text}`, "hex")).subarray(1);
const messageOf = (told) => ("data" in told ? { ...told, data: bytesOf(told.data) } : told);
const written = (writes) => writes.map(({ channel, data }) => ({ channel, data: hex(data) }));

function plain(reading) {
  if (reading.kind !== "samples") return reading;
  return { kind: "samples", tUs: [...reading.tUs], motion: hex(reading.motion) };
}

const TASKS = {
  constants: () => ({ ...frames, bands: 2 ** 0.25 }),
  shortest: ({ bits }) => bits.map((word) => shortest(new Float32Array(Uint32Array.of(word).buffer)[0])),
  decode: ({ strings }) => strings.map((text) => frames.decode(bytesOf(text))).map((frame) => (
    typeof frame === "string" ? frame : [frame.kind, frame.boot, frame.sequence])),
  profiles: () => Object.values(PROFILES).map(({ greeting, farewell, decoder, ...told }) => (
    { ...told, greeting: written(greeting()), farewell: written(farewell()) })),
  asked: ({ mode }) => profilesFor(mode).map(({ name }) => name),
  read: ({ pod, messages }) => {
    const decoder = decoderOf(pod);
    const steps = messages.map((told) => {
      const readings = decoder.take(messageOf(told)).map(plain);
      return [readings, written(decoder.requests())];
    });
    return { steps, rest: decoder.finish().map(plain), losses: decoder.losses };
  },
  run: async ({ options, messages, detailed }) => {
    const core = await init(module, layout, options);
    const run = new Run({ core, decoderOf, side: options.side });
    const steps = [];
    for (const told of messages) {
      const { strides, cues, updates, presses } = run.take(messageOf(told));
      steps.push({ strides, cues, updates, presses, requests: written(run.requests()), ...(detailed && stateOf(run)) });
    }
    const rest = run.finish();
    const { status, baseline_spm, target_spm, tempo_spm, counters } = core;
    return { steps, rest, ...stateOf(run), coach: { status, baseline_spm, target_spm, tempo_spm }, counters };
  },
  recording: ({ messages, ...run }) => (
    recordingOf({ messages: messages.map(messageOf), ...run }).map(hex).join("")),
  csv: (results) => csvOf(results),
  fit: ({ head, results }) => hex(fitOf(head, results)),
};

function stateOf({ pod, device, battery_percent, connected, stalled, losses, duration_s, stationary_s, live, last_stride }) {
  losses = structuredClone(losses);
  return { pod, device, battery_percent, connected, stalled, losses, duration_s, stationary_s, live, last_stride };
}

for await (const line of createInterface({ input: process.stdin })) {
  const { task, ...given } = JSON.parse(line);
  let answer;
  try {
    answer = { gave: await TASKS[task](given) };
  } catch (error) {
    answer = { threw: error.stack };
  }
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
