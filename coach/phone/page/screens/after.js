// A run that is over: its numbers, its course, and the ways to take it elsewhere.

import { cueWords, lossWords } from "../words.js";
import { chartOf } from "./chart.js";
import { elementOf, onSecondTap, placesOf, showFigure } from "./dom.js";

const SHOWN_CUES = ["burst_up", "burst_down", "on_target", "warning", "walk", "run"];
const EXPORTS = ["mcap", "csv", "fit"];

// Without onExport there is nothing to take along: the run is kept elsewhere.
export function createAfterScreen(root, { t, formats, onExport = null, onDelete = null }) {
  const { part, fill, action, onAction } = placesOf(root);
  const figure = (name, text) => showFigure(root.querySelector(`[data-field="${name}"]`), text, t);
  const restDelete = onSecondTap(action("delete"), () => t("after.delete"), () => t("after.delete-again"), () => onDelete());
  for (const kind of EXPORTS) onAction(`export-${kind}`, () => onExport(kind));

  const draw = (name, points, options) => {
    const alt = (values) => t("after.chart-alt", values);
    const { clock, plain } = formats();
    const chart = chartOf(points, { ...options, clock, plain, alt });
    part(name).replaceChildren(chart ?? elementOf("p", t("after.no-chart"), { class: "small" }));
  };

  return {
    tell: (problem) => fill("problem", problem),
    show({ head, results }) {
      const { when, clock, distance, spm, length, short, shorts } = formats();
      fill("when", when(head.started_ms));
      figure("time", clock(head.duration_s));
      figure("distance", distance(head.distance_m));
      figure("cadence", spm(head.cadence_spm));
      figure("target", spm(head.target_spm));
      const what = lossWords(t, head.losses);
      fill("losses", what ? t("after.losses", { what }) : "");
      const { duration_s } = head;
      const cues = results.cues.filter(({ kind }) => SHOWN_CUES.includes(kind));
      draw("cadence", seriesOf(results, "cadence_spm"), {
        duration_s, cues, target: head.target_spm, say: spm, title: t("after.chart-cadence"),
      });
      fill("length-unit", short);
      const lengths = seriesOf(results, "stride_length_m").map(([t_s, m]) => [t_s, shorts(m)]);
      draw("length", lengths, { duration_s, say: length, title: t("after.chart-length") });
      part("cues").replaceChildren(
        ...cues.map((cue) => elementOf("li", `${clock(cue.t_s)}  ${cueWords(t, cue)}`)),
        ...(cues.length ? [] : [elementOf("li", t("after.no-cues"))]),
      );
      part("export").hidden = !onExport;
      restDelete();
    },
  };
}

// What is known of a quantity, in running and walking.
function seriesOf({ strides, updates }, name) {
  const told = strides.length ? strides.map((stride) => [stride.t_contact_s, stride[name]]) : updates.map((update) => [update.t_s, update[name]]);
  return told.filter(([, value]) => value);
}
