// A run on a laptop, watched from here: what its program tells is shown, and nothing can be changed.

import { follow } from "./link/follow.js";
import { loadSettings } from "./run/settings.js";
import { summaryOf } from "./run/summary.js";
import { createAfterScreen } from "./screens/after.js";
import { go, onRoute } from "./screens/navigation.js";
import { createRunScreen } from "./screens/run.js";
import { speak } from "./screens/speak.js";

const NOTHING_YET = {
  link: "connecting", battery_percent: null, activity: "unknown", cadence_spm: null, target_spm: null, speed_m_s: null,
  elapsed_s: 0, distance_m: null, status: null, said: null, losses: {}, paused: false,
};

export function watch() {
  const { language, units } = loadSettings();
  const [t, numbers] = speak(language, units);
  const shared = { t, formats: () => numbers };
  const at = (name) => document.querySelector(`[data-screen="${name}"]`);
  const runScreen = createRunScreen(at("run"), shared);
  const afterScreen = createAfterScreen(at("after"), shared);
  let results = { strides: [], cues: [], updates: [] };
  let view = null;
  let problem = "";

  const show = () => {
    if (view?.phase === "over") go("after");
    else runScreen.show(view ?? NOTHING_YET, { canControl: false, problem });
  };
  onRoute((name) => {
    if (name === "after" && view) afterScreen.show({ head: headOf(view, results), results });
    else if (name !== "run") go("run");
  });
  document.body.dataset.watching = "";
  go("run");
  show();
  follow(location.href, {
    onResults: (all) => (results = all),
    onFound: (found) => {
      for (const kind of ["strides", "cues", "updates"]) results[kind].push(...found[kind]);
    },
    onView: (newest) => {
      view = newest;
      problem = "";
      show();
    },
    onGone: () => {
      if (view) view = { ...view, link: "lost" };
      else problem = t("problem.nothing-to-watch");
      show();
    },
  });
}

function headOf(view, results) {
  const { baseline_spm, target_spm, pod: device, elapsed_s: duration_s } = view;
  const head = {
    started_ms: Date.now() - duration_s * 1000,
    utc_offset_min: -new Date().getTimezoneOffset(),
    device,
    duration_s,
    baseline_spm,
    target_spm,
    losses: view.losses,
  };
  return { ...head, ...summaryOf(head, results) };
}
