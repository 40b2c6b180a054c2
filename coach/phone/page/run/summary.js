// A run in a few numbers, as coach/summary.py has them.

import { trackOf } from "./track.js";

export function summaryOf(head, results) {
  const { rows } = trackOf(head, results);
  const running = rows.filter((row) => row.running);
  const lengths = rows.map((row) => row.distance_m).filter((length) => length >= 0);
  return {
    strides: results.strides.length,
    cadence_spm: median(running.map((row) => row.cadence_spm).filter((spm) => spm >= 0)),
    distance_m: lengths.length || !rows.length ? sum(lengths) : null,
    running_s: sum(running.map(({ start_s, end_s }) => end_s - start_s)),
  };
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

function median(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
