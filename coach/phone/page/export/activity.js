// A run as sports watches tell one, as coach/export/activity.py has it: second by second, with pauses and a
// lap each kilometre. What is not known is NaN, or left out.

import { trackOf } from "../run/track.js";

const LAP_M = 1000; // these two as coach/export/activity.py
const PAUSE_S = 5;

// To the even neighbour where two are as near, as Python rounds.
export function round(value) {
  const whole = Math.round(value);
  return Math.abs(value % 1) === 0.5 && whole % 2 ? whole - 1 : whole;
}

// Gives { seconds, pauses_s, laps, whole, ran }.
export function activityOf(head, results) {
  const { rows, still_s } = trackOf(head, results);
  const end_s = Math.max(head.duration_s, rows.at(-1)?.end_s ?? 0);
  const way = new Way(rows);
  const pauses_s = still_s.filter(([from_s, to_s]) => to_s - from_s >= PAUSE_S).map(([from_s, to_s]) => (
    [Math.floor(from_s) + 1, to_s >= end_s ? end_s : Math.floor(to_s)]));
  const edges = [0, ...way.kilometres_s().filter((t_s) => t_s < end_s), end_s];
  const lap = (start_s, to_s) => lapOf(rows, way, pauses_s, start_s, to_s);
  return {
    seconds: secondsOf(rows, way, still_s, pauses_s, end_s),
    pauses_s,
    laps: edges.slice(1).map((to_s, index) => lap(edges[index], to_s)),
    whole: lap(0, end_s),
    ran: rows.some(({ running }) => running) || !rows.length,
  };
}

// How far the runner had come, and in how many strides.
class Way {
  #rows;
  #sums = { distance_m: [0], strides: [0] }; // before each row, and in the end

  constructor(rows) {
    this.#rows = rows;
    for (const [name, sums] of Object.entries(this.#sums)) {
      for (const row of rows) sums.push(sums.at(-1) + (row[name] || 0));
    }
    if (!rows.some(({ distance_m }) => distance_m >= 0)) this.#sums.distance_m.fill(NaN);
  }

  // Of "distance_m" or "strides" up to an instant, a row under way in its share.
  gone(name, t_s) {
    const sums = this.#sums[name];
    const index = countUpTo(this.#rows, "start_s", t_s) - 1;
    if (index < 0) return sums[0];
    const { start_s, end_s } = this.#rows[index];
    const [before, after] = sums.slice(index, index + 2);
    return t_s < end_s ? (after - before) / (end_s - start_s) * (t_s - start_s) + before : after;
  }

  // When each whole kilometre was full.
  kilometres_s() {
    const sums = this.#sums.distance_m;
    const found_s = [];
    for (const [index, { start_s, end_s }] of this.#rows.entries()) {
      const [before, after] = sums.slice(index, index + 2);
      for (let mark; (mark = (found_s.length + 1) * LAP_M) <= after && mark < sums.at(-1); ) {
        found_s.push(start_s + (mark - before) / (after - before) * (end_s - start_s));
      }
    }
    return found_s;
  }
}

function secondsOf(rows, way, still_s, pauses_s, end_s) {
  const seconds = [];
  for (let t_s = 0; t_s <= end_s; t_s++) {
    if (pauses_s.some(([stop_s, resume_s]) => stop_s < t_s && t_s < resume_s)) continue;
    const row = rows[countUpTo(rows, "end_s", t_s)];
    const stood = still_s.some(([from_s, to_s]) => from_s <= t_s && t_s <= to_s);
    const standing = stood ? { cadence_spm: 0, speed_m_s: 0 } : {};
    const told = row?.start_s <= t_s && row.good ? row : standing;
    seconds.push({ ...told, t_s, distance_m: way.gone("distance_m", t_s) });
  }
  return seconds;
}

function lapOf(rows, way, pauses_s, start_s, end_s) {
  const good = rows.filter((row) => {
    const middle_s = (row.start_s + row.end_s) / 2;
    return row.good && middle_s >= start_s && middle_s < end_s;
  });
  let timer_s = end_s - start_s;
  for (const [stop_s, resume_s] of pauses_s) {
    timer_s -= Math.max(0, Math.min(resume_s, end_s) - Math.max(stop_s, start_s));
  }
  const distance_m = way.gone("distance_m", end_s) - way.gone("distance_m", start_s);
  return {
    start_s,
    end_s,
    timer_s,
    distance_m,
    strides: round(way.gone("strides", end_s)) - round(way.gone("strides", start_s)),
    speed_m_s: distance_m / timer_s,
    cadence_spm: mean(good, "cadence_spm"),
    contact_time_s: mean(good, "contact_time_s"),
    step_length_m: mean(good, "stride_length_m") / 2,
    max_cadence_spm: most(good, "cadence_spm"),
    max_speed_m_s: most(good, "speed_m_s"),
  };
}

// By time.
function mean(rows, name) {
  let [total, weights] = [0, 0];
  for (const { [name]: value, start_s, end_s } of rows) {
    if (Number.isNaN(value)) continue;
    total += value * (end_s - start_s);
    weights += end_s - start_s;
  }
  return total / weights;
}

function most(rows, name) {
  return rows.reduce((most, { [name]: value }) => (most >= value || Number.isNaN(value) ? most : value), NaN);
}

// How many rows have an instant that is not after `t_s`.
function countUpTo(rows, name, t_s) {
  let [from, to] = [0, rows.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    if (rows[middle][name] <= t_s) from = middle + 1;
    else to = middle;
  }
  return from;
}
