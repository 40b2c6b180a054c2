// What the runner chooses. Each change holds at once, and for a run from its beginning on.

import { LANGUAGES } from "../languages.js";
import { elementOf, placesOf } from "./dom.js";

// Where a choice of one's own begins: 5 % above the own cadence, up to 180; where that is not known yet, between
// what most runners bring and 180.
const [MORE, MOST_SPM, UNKNOWN_SPM] = [1.05, 180, 170];

export function createSettingsScreen(root, { t, formats, onChange, onTry }) {
  const { part, action, fill, onAction } = placesOf(root);
  const form = root.querySelector("form");
  const { elements } = form;
  for (const [code, name] of Object.entries(LANGUAGES)) {
    elements.language.append(elementOf("option", name, { value: code, lang: code }));
  }
  onAction("try", onTry);
  onAction("measure", () => onChange({ baseline_spm: null, baseline_speed_m_s: null }));
  form.addEventListener("submit", (event) => event.preventDefault());
  let first_spm = UNKNOWN_SPM;
  form.addEventListener("change", ({ target }) => onChange(changeOf(target, first_spm)));

  return {
    show(settings) {
      const { target_spm, baseline_spm, locked, latency_ms } = settings;
      elements.target.value = target_spm === null ? "own" : "number";
      part("target-spm").hidden = target_spm === null;
      elements.target_spm.value = target_spm ?? "";
      first_spm = baseline_spm ? Math.min(Math.round(baseline_spm * MORE), MOST_SPM) : UNKNOWN_SPM;
      const own = formats().spm(baseline_spm);
      fill("own", own ? t("settings.own", { spm: own }) : t("settings.own-unknown"));
      action("measure").hidden = !own;
      for (const name of ["sound", "mode", "units", "language"]) elements[name].value = settings[name];
      elements.side.value = settings.side ?? "";
      action("try").disabled = settings.sound === "off";
      elements.locked.checked = locked;
      elements.latency_ms.value = latency_ms;
      fill("latency", t("settings.latency", { ms: latency_ms }));
    },
  };
}

function changeOf({ name, value, checked, validity }, first_spm) {
  switch (name) {
    case "target":
      return { target_spm: value === "own" ? null : first_spm };
    case "target_spm":
      return validity.valid && value ? { target_spm: Number(value) } : {};
    case "side":
      return { side: value || null };
    case "locked":
      return { locked: checked };
    case "latency_ms":
      return { latency_ms: Number(value) };
    default:
      return { [name]: value };
  }
}
