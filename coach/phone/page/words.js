// What the coach says and does, in words, as coach/audio/lines.py has them.

const BURSTS = ["burst_up", "burst_down"];
const OF_REASONS = [
  "on_target.end_of_road", "on_target.plan", "warning.load", "warning.faster", "warning.forefoot",
];

// What to say or show for a cue, such as "Quicker steps, 172".
export function cueWords(t, { kind, reason, tempo_spm }) {
  const both = `${kind}.${reason}`;
  const words = t(OF_REASONS.includes(both) ? `cue.${both}` : `cue.${kind}`);
  return BURSTS.includes(kind) && tempo_spm !== null ? `${words}, ${Math.round(tempo_spm)}` : words;
}

// What did not come from the pod, such as "link lost 2×"; empty where all came.
export function lossWords(t, losses) {
  const kinds = ["disconnects", "restarts", "lost_frames"].filter((kind) => losses[kind]);
  return kinds.map((kind) => t(`losses.${kind}`, { count: losses[kind] })).join(" · ");
}

export const reasonWords = (t, reason) => t(`reason.${reason}`);
export const statusWords = (t, status) => t(`status.${status}`);
