// The first screen: connect a pod; or go on with a run that was cut off.

import { placesOf } from "./dom.js";

// onConnect, onContinue and onFinish are called from taps. `formats` gives numbers for people.
export function createConnectScreen(root, { t, formats, onConnect, onContinue, onFinish }) {
  const { part, action, fill, onAction } = placesOf(root);
  onAction("connect", onConnect);
  onAction("continue", onContinue);
  onAction("finish", onFinish);
  return {
    show({ support, starting, busy, problem, cutOff }) {
      const can = support === "ok";
      fill("problem", can ? problem : t(`support.${support}`));
      for (const name of ["connect", "continue"]) action(name).disabled = !can || starting || busy;
      action("finish").disabled = busy;
      action("connect").textContent = t(busy ? "connect.busy" : "connect.button");
      action("connect").classList.toggle("quiet", Boolean(cutOff));
      part("cut-off").hidden = !cutOff;
      if (!cutOff) return;
      const { time, clock } = formats();
      fill("cut-off", t("connect.cut-off", { time: time(cutOff.started_ms), duration: clock(cutOff.duration_s) }));
    },
  };
}
