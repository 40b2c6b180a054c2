// The run under way, readable at arm's length.

import { cueWords, lossWords, reasonWords, statusWords } from "../words.js";
import { onSecondTap, placesOf, showFigure } from "./dom.js";

const SHOWN_SPM = 20; // on either side of the target
const BAND_SPM = 3; // from the target: on it (coach/run_facts.py)
const SAID_FOR_S = 20;

export function createRunScreen(root, { t, formats, onStop, onMute }) {
  const { part, action, fill, onAction } = placesOf(root);
  const figure = (name, text) => showFigure(root.querySelector(`[data-field="${name}"]`), text, t);
  const restStop = onSecondTap(action("stop"), () => t("run.stop"), () => t("run.stop-again"), onStop);
  onAction("mute", onMute);
  const isDim = () => root.hasAttribute("data-dim");
  const dim = (dark) => {
    root.toggleAttribute("data-dim", dark);
    action("dim").textContent = t(dark ? "run.dimmed" : "run.dim");
  };
  onAction("dim", () => dim(!isDim()));
  root.addEventListener("click", ({ target }) => {
    if (!target.closest("button")) dim(false);
  });
  root.style.setProperty("--band", BAND_SPM / SHOWN_SPM);

  const showBand = ({ cadence_spm, target_spm }) => {
    const band = part("band");
    band.hidden = target_spm === null;
    if (band.hidden) return;
    const off = cadence_spm === null ? null : (cadence_spm - target_spm) / SHOWN_SPM;
    band.toggleAttribute("data-unknown", off === null);
    band.toggleAttribute("data-on", off !== null && Math.abs(off) * SHOWN_SPM <= BAND_SPM);
    if (off !== null) root.style.setProperty("--at", Math.min(Math.max(0.5 + off / 2, 0), 1));
    const target = String(Math.round(target_spm));
    fill("target", t("run.target", { spm: target }));
    const cadence = cadence_spm === null ? t("run.known-not") : String(Math.round(cadence_spm));
    band.ariaLabel = t("run.band", { cadence, target });
  };

  const saidWords = ({ said, paused }) => {
    if (paused) return t("run.muted");
    if (!said || said.age_s > SAID_FOR_S) return "";
    const why = said.kind === "silence" ? reasonWords(t, said.reason) : "";
    return why ? `${cueWords(t, said)}: ${why}` : cueWords(t, said);
  };

  return {
    // `canControl`: false of a run that is watched from elsewhere.
    show(view, { canControl, busy = false, problem = "" }) {
      const { whole, clock, way, ways, pace } = formats();
      root.dataset.link = view.link;
      fill("link", t(`link.${view.link}`));
      const percent = view.battery_percent;
      fill("battery", percent === null ? t("run.no-battery") : t("run.battery", { percent }));
      figure("cadence", view.activity === "stationary" ? "0" : whole(view.cadence_spm));
      showBand(view);
      fill("said", saidWords(view));
      fill("status", view.status ? statusWords(t, view.status) : "");
      figure("time", clock(view.elapsed_s));
      fill("way", t(`run.${way}`));
      fill("per-way", t("run.pace", { way: t(`run.${way}`) }));
      figure("distance", ways(view.distance_m));
      figure("pace", pace(view.speed_m_s));
      fill("losses", lossWords(t, view.losses));
      fill("problem", problem);
      for (const name of ["mute", "stop"]) action(name).hidden = !canControl;
      dim(isDim());
      action("mute").textContent = t(view.paused ? "run.unmute" : "run.mute");
      action("stop").disabled = busy;
      restStop();
    },
  };
}
