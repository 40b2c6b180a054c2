// A run in a few numbers, as `coach.summary` has them.

const UPDATE_LASTS_S = 3; // a ready-made cadence holds no longer

export function summaryOf({ strides, updates }) {
  return strides.length || !updates.length ? ofStrides(strides) : ofUpdates(updates);
}

export function distanceOf(strides) {
  const lengths = strides.map((stride) => stride.stride_length_m).filter((length) => length !== null);
  if (!lengths.length && strides.length) return null;
  return lengths.reduce((sum, length) => sum + length, 0);
}

function ofStrides(strides) {
  const running = strides.filter((stride) => stride.activity === "running");
  return {
    strides: strides.length,
    cadence_spm: median(running.map((stride) => stride.cadence_spm).filter((spm) => spm !== null)),
    distance_m: distanceOf(strides),
    running_s: running.reduce((sum, stride) => sum + (stride.stride_time_s ?? 0), 0),
  };
}

function ofUpdates(updates) {
  let distance_m = null;
  let running_s = 0;
  for (const [index, after] of updates.slice(1).entries()) {
    const update = updates[index];
    const lasted_s = Math.min(after.t_s - update.t_s, UPDATE_LASTS_S);
    if (update.activity === "running") running_s += lasted_s;
    if (update.speed_m_s !== null) distance_m = (distance_m ?? 0) + update.speed_m_s * lasted_s;
  }
  const running = updates.filter((update) => update.activity === "running" && update.cadence_spm !== null);
  return { strides: 0, cadence_spm: median(running.map((u) => u.cadence_spm)), distance_m, running_s };
}

function median(values) {
  if (!values.length) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
