// What a run measured over time, as coach/track.py has it: rows, whether the pod told strides or ready-made
// cadence. What is not known is NaN here.

export const UPDATE_LASTS_S = 3; // as coach/summary.py
const TOUCHING_S = 0.05; // these two as coach/track.py
const REST_SLACK_S = 3;
const CONTACT_TOLERANCE_S = 1e-3; // as coach/stride_spans.py
const MEASURED = ["cadence_spm", "speed_m_s", "stride_length_m", "contact_time_s"];

const known = (value) => value ?? NaN;
const single = (value) => Math.fround(known(value)); // a float32, as the host computes with
const lasted = ([start_s, end_s]) => end_s - start_s;

// Gives { rows, still_s }: rows in the order of time, no two overlapping, and [from, to] of each rest.
export function trackOf({ duration_s, stationary_s }, { strides, updates }) {
  if (updates.length && !strides.length) return ofUpdates(updates);
  return ofStrides(strides, duration_s, stationary_s);
}

function rowOf(told, [start_s, end_s], number) {
  const measured = MEASURED.map((name) => [name, number(told[name])]);
  return { start_s, end_s, running: told.activity === "running", ...Object.fromEntries(measured) };
}

function ofStrides(strides, duration_s, stationary_s) {
  const rows = [];
  for (const stride of strides) {
    const row = rowOf(stride, spanOf(stride, rows.at(-1)?.end_s ?? -Infinity), single);
    rows.push({ ...row, good: stride.signal === "good", distance_m: row.stride_length_m, strides: 1 });
  }
  return { rows, still_s: restsOf(rows, strides, duration_s, stationary_s) };
}

// From the mid-stance before, `before_s`, where it belongs to the same series of strides.
function spanOf({ t_toe_off_s, t_contact_s, t_mid_stance_s, stride_time_s, contact_time_s }, before_s) {
  const contactBefore_s = t_contact_s - single(stride_time_s) - CONTACT_TOLERANCE_S;
  const joined = before_s >= contactBefore_s && before_s <= t_toe_off_s;
  const alone_s = t_toe_off_s - Math.fround(contact_time_s ?? 0);
  return [Math.min(joined ? before_s : Math.max(alone_s, before_s), t_mid_stance_s), t_mid_stance_s];
}

// The times without strides in which the runner stood: coach/track.py says how they are known.
function restsOf(rows, strides, duration_s, stationary_s) {
  let last_s = 0;
  const holes = rows.map(({ start_s, end_s }, index) => {
    const { signal, stride_time_s } = strides[index];
    const span_s = [last_s, start_s];
    last_s = end_s;
    return { span_s, rested: signal === "good" && stride_time_s === null };
  });
  const end = { span_s: [last_s, Math.max(duration_s, last_s)] };
  const seen = [...holes, end].filter(({ span_s }) => lasted(span_s) > TOUCHING_S);
  const rests = seen.filter(({ rested }) => rested);
  const left_s = rests.reduce((left_s, { span_s }) => left_s + REST_SLACK_S - lasted(span_s), stationary_s);
  if (left_s < 0) return [];
  if (stationary_s > 0 && seen.at(-1) === end && lasted(end.span_s) - REST_SLACK_S <= left_s) rests.push(end);
  return rests.map(({ span_s }) => span_s);
}

function ofUpdates(updates) {
  const rows = [];
  const still_s = [];
  for (const [index, after] of updates.slice(1).entries()) {
    const update = updates[index];
    const span_s = [update.t_s, Math.min(after.t_s, update.t_s + UPDATE_LASTS_S)];
    if (update.activity === "stationary") rest(still_s, span_s);
    if (!["walking", "running"].includes(update.activity)) continue;
    const row = rowOf(update, span_s, known);
    const distance_m = row.speed_m_s * lasted(span_s);
    rows.push({ ...row, good: true, distance_m, strides: row.cadence_spm / 120 * lasted(span_s) });
  }
  return { rows, still_s };
}

// Rests that touch are one.
function rest(still_s, span_s) {
  const before = still_s.at(-1);
  if (before && span_s[0] - before[1] <= TOUCHING_S) before[1] = span_s[1];
  else still_s.push(span_s);
}
