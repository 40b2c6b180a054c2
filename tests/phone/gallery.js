// Shows each screen with a made-up run, in place of app.js: #run with its view, #after, #runs, #settings, #connect.
import { DEFAULTS } from "./run/settings.js";
import { createAfterScreen } from "./screens/after.js";
import { createConnectScreen } from "./screens/connect.js";
import { onRoute } from "./screens/navigation.js";
import { createRunScreen } from "./screens/run.js";
import { createRunsScreen } from "./screens/runs.js";
import { createSettingsScreen } from "./screens/settings.js";
import { speak } from "./screens/speak.js";

const asked = new URLSearchParams(location.search);
const language = asked.get("language") ?? "en";
const [t, numbers] = speak(language, asked.get("units") ?? "metric");
const shared = { t, formats: () => numbers };
const at = (name) => document.querySelector(`[data-screen="${name}"]`);
window.done = [];
const note = (what) => (...values) => done.push([what, ...values]);

const cues = [
  { t_s: 104, kind: "burst_up", reason: "below_target", tempo_spm: 174 },
  { t_s: 134, kind: "silence", reason: "over", tempo_spm: null },
  { t_s: 200, kind: "on_target", reason: "reached", tempo_spm: null },
];
const strides = Array.from({ length: 900 }, (_, n) => n * 0.72).filter((t_s) => t_s < 300 || t_s > 340).map((t_s) => (
  { t_contact_s: t_s, cadence_spm: 165 + 4 * Math.tanh((t_s - 150) / 60) + Math.sin(t_s), stride_length_m: 2.1 - t_s / 5000 }));
const head = {
  id: 1, started_ms: Date.UTC(2026, 10, 21, 8, 12), utc_offset_min: 0, duration_s: 648, distance_m: 1938, losses: { disconnects: 1 },
  cadence_spm: 168.4, target_spm: 173, device: "CadPod",
};
const unknown = { ...head, id: 2, distance_m: null, cadence_spm: null, target_spm: null, duration_s: 4000 };
const view = {
  phase: "running", elapsed_s: 3725, distance_m: 10480, cadence_spm: 166.4, speed_m_s: 2.98, activity: "running",
  baseline_spm: 165, target_spm: 173, tempo_spm: 174, status: "burst", said: { ...cues[0], age_s: 3 },
  link: "connected", pod: "CadPod", battery_percent: 87, strides: 2500,
  losses: { lost_frames: 0, disconnects: 0, restarts: 0 }, paused: false,
};
window.view = view;

const screens = {
  connect: createConnectScreen(at("connect"), {
    ...shared, onConnect: note("connect"), onContinue: note("continue"), onFinish: note("finish"),
  }),
  run: createRunScreen(at("run"), { ...shared, onStop: note("stop"), onMute: note("mute") }),
  after: createAfterScreen(at("after"), { ...shared, onExport: note("export"), onDelete: note("delete") }),
  runs: createRunsScreen(at("runs"), shared),
  settings: createSettingsScreen(at("settings"), { ...shared, onChange: note("change"), onTry: note("try") }),
};
window.screens = screens;
onRoute((name, id) => {
  const shows = {
    connect: () => screens.connect.show({ support: "ok", busy: false, problem: "", cutOff: id ? head : null }),
    run: () => screens.run.show(view, { canControl: true }),
    after: () => screens.after.show(id === "2"
      ? { head: unknown, results: { strides: [], cues: [], updates: [] } }
      : { head, results: { strides, cues, updates: [] } }),
    runs: () => screens.runs.show({ heads: id ? [] : [head, unknown] }),
    settings: () => screens.settings.show({ ...DEFAULTS, target_spm: 175, baseline_spm: 165.2 }),
  };
  shows[name]();
});
window.ready = true;
