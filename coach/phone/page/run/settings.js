// What the runner chose, kept in this browser; and what the coach and a recording are told of it.

import { LANGUAGES } from "../languages.js";

export const DEFAULTS = {
  language: "auto",
  units: "metric",
  sound: "words",
  target_spm: null, // 5 % above the runner's own cadence
  latency_ms: 0,
  locked: false,
  side: null,
  mode: "raw",
  baseline_spm: null, // not measured yet: the first minute of running measures it
  baseline_speed_m_s: null,
};
const KEY = "cadence-coach/settings";
const FADE = 0; // withheld feedback belongs to a season, which the journal on a computer follows

const oneOf = (...values) => (value) => values.includes(value);
const within = (least, most) => (value) => typeof value === "number" && value >= least && value <= most;
const orNone = (holds) => (value) => value === null || holds(value);
const CADENCE = orNone(within(100, 240)); // these two as coach/coach_settings.py
const SPEED = orNone(within(0.5, 12.5));
const HOLDS = {
  language: oneOf("auto", ...Object.keys(LANGUAGES)),
  units: oneOf("metric", "imperial"),
  sound: oneOf("words", "tones", "off"),
  target_spm: CADENCE,
  latency_ms: within(0, 400),
  locked: oneOf(true, false),
  side: oneOf(null, "left", "right"),
  mode: oneOf("raw", "strides"),
  baseline_spm: CADENCE,
  baseline_speed_m_s: SPEED,
};

// What was kept and can be; for the rest, and where nothing may be kept, what is usual.
export function loadSettings() {
  let kept = {};
  try {
    kept = JSON.parse(localStorage.getItem(KEY)) ?? {};
  } catch {
    // It cannot be read.
  }
  const known = Object.keys(DEFAULTS).filter((name) => Object.hasOwn(kept, name) && HOLDS[name](kept[name]));
  return { ...DEFAULTS, ...Object.fromEntries(known.map((name) => [name, kept[name]])) };
}

export function keepSettings(settings) {
  try {
    localStorage.setItem(KEY, JSON.stringify(settings));
  } catch {
    // A browser that keeps nothing: they hold until the page is closed.
  }
}

// What the cue policy is told.
export function policyOf({ baseline_spm, baseline_speed_m_s, target_spm }) {
  return { baseline_spm, baseline_speed_m_s, target_spm, fade: FADE };
}

// What a replay must know, as `coach run` writes it into a recording: text, empty where not known.
export function recordedSettings(settings, podName) {
  const policy = Object.entries(policyOf(settings)).map(([name, value]) => [name, String(value ?? "")]);
  return {
    pod: `ble:${podName}`,
    side: settings.side ?? "",
    convention: "",
    ...Object.fromEntries(policy),
    plan: "",
    cues_paused: "",
    mode: settings.mode, // what a run that is taken up asks of its pod
  };
}

// The settings under which a run was begun, from its recording: a run that is taken up goes on with them.
export function settingsOfRecording(mapping) {
  const number = (name) => (mapping[name] ? Number(mapping[name]) : null);
  return {
    side: mapping.side || null,
    baseline_spm: number("baseline_spm"),
    baseline_speed_m_s: number("baseline_speed_m_s"),
    target_spm: number("target_spm"),
  };
}
