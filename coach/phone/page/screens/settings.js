// What the runner chooses. Each change holds at once, and for a run from its beginning on.

import { LANGUAGES } from "../texts.js";
import { elementOf, placesOf } from "./dom.js";

const USUAL_TARGET_SPM = 180;

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
  form.addEventListener("change", ({ target }) => onChange(changeOf(target)));

  return {
    show(settings) {
      const { target_spm, baseline_spm, locked, latency_ms } = settings;
      elements.target.value = target_spm === null ? "own" : "number";
      part("target-spm").hidden = target_spm === null;
      elements.target_spm.value = target_spm ?? "";
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

function changeOf({ name, value, checked, validity }) {
  switch (name) {
    case "target":
      return { target_spm: value === "own" ? null : USUAL_TARGET_SPM };
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
