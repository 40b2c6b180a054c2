// A run on a laptop, watched from here: what its program tells is shown, and nothing can be changed.

import { follow } from "../link/follow.js";
import { createAfterScreen } from "../screens/after.js";
import { go, onRoute } from "../screens/navigation.js";
import { createRunScreen } from "../screens/run.js";
import { speak } from "../screens/speak.js";
import { loadSettings } from "./settings.js";
import { summaryOf } from "./summary.js";

const WATCHES_ONLY = { canControl: false };

export function watch() {
  const { language, units } = loadSettings(localStorage);
  const [t, numbers] = speak(language, units);
  const shared = { t, formats: () => numbers };
  const at = (name) => document.querySelector(`[data-screen="${name}"]`);
  const runScreen = createRunScreen(at("run"), shared);
  const afterScreen = createAfterScreen(at("after"), shared);
  let results = { strides: [], cues: [], updates: [] };
  let view = null;

  const show = () => {
    if (!view) return;
    if (view.phase === "over") go("after");
    else runScreen.show(view, WATCHES_ONLY);
  };
  onRoute((name) => {
    if (name === "after" && view) afterScreen.show({ head: headOf(view, results), results });
    else if (name !== "run") go("run");
  });
  document.body.dataset.watching = "";
  go("run");
  follow(location.href, {
    onResults: (all) => (results = all),
    onFound: (found) => {
      for (const kind of ["strides", "cues", "updates"]) results[kind].push(...found[kind]);
    },
    onView: (newest) => {
      view = newest;
      show();
    },
    onGone: () => {
      if (view) view = { ...view, link: "lost" };
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
  };
  return { ...head, ...summaryOf(head, results) };
}
