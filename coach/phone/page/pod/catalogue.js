// The kinds of pods that the page knows, by the name that stands in recordings.

import { openPod } from "./open_pod.js";
import { RSC } from "./rsc.js";

const KINDS = [openPod("raw"), openPod("strides"), RSC];
export const PROFILES = Object.fromEntries(KINDS.map((kind) => [kind.name, kind]));

// What a device may be that is asked for a run, in the order of matching. `mode`: "raw" or "strides".
export function profilesFor(mode) {
  return [PROFILES[mode === "strides" ? "open-strides" : "open"], RSC];
}

// A new decoder for a kind of pod.
export function decoderOf(name) {
  if (!Object.hasOwn(PROFILES, name)) throw new Error(`there is no pod of the kind "${name}"`);
  return PROFILES[name].decoder();
}
