// A run as a FIT activity for watches and training sites, as coach/export/fit_file.py has it. FIT counts a
// runner's cadence by one foot: it is converted here alone. Numbers of messages, fields and choices are those
// of the FIT profile.

import { activityOf, round } from "./activity.js";
import { FitFile, byte, choice, long, serial, short, text } from "./fit_file.js";

const EPOCH_S = 631065600; // 1989-12-31, from which a FIT time counts
const CADENCE_PARTS = 128; // a fractional cadence counts 1/128 strides a minute

const [FILE_ID, SESSION, LAP, RECORD, EVENT, DEVICE_INFO, ACTIVITY] = [0, 18, 19, 20, 21, 23, 34];
const DEVELOPMENT = 255; // manufacturer
const [TIMER_EVENT, SESSION_EVENT, LAP_EVENT, ACTIVITY_EVENT] = [0, 8, 9, 26];
const [START, STOP, STOP_ALL] = [0, 1, 4];
const [BY_DISTANCE, BY_THE_END] = [2, 7]; // what ends a lap
const [RUNNING, WALKING] = [1, 11];

export function fitOf(head, results) {
  const { seconds, pauses_s, laps, whole, ran } = activityOf(head, results);
  const started_s = Math.floor(head.started_ms / 1000) - EPOCH_S;
  const at = (t_s) => started_s + round(t_s);
  const time = (t_s) => long(253, at(t_s));
  const sport = ran ? RUNNING : WALKING;
  const file = new FitFile();
  const addDevice = (index, product, name) => (
    file.add(DEVICE_INFO, time(0), byte(0, index), short(2, DEVELOPMENT), short(4, product), text(27, name)));

  file.add(FILE_ID, choice(0, 4), short(1, DEVELOPMENT), short(2, 0), serial(3, head.id), long(4, at(0)));
  addDevice(0, 0, "Cadence Coach");
  addDevice(1, NaN, head.device || head.pod);
  for (const message of courseOf(seconds, pauses_s, whole.end_s, at, time)) file.add(...message);
  for (const [index, lap] of laps.entries()) {
    const ending = index < laps.length - 1 ? BY_DISTANCE : BY_THE_END;
    const fields = totalsOf(lap, at, [110, 111, 17, 80, 18, 81, 79, 120]);
    file.add(LAP, ...fields, short(254, index), choice(0, LAP_EVENT), choice(24, ending), choice(25, sport));
  }
  const fields = totalsOf(whole, at, [124, 125, 18, 92, 19, 93, 91, 134]);
  fields.push(choice(28, 0), short(25, 0), short(26, laps.length)); // the activity ended; first lap, laps
  file.add(SESSION, ...fields, short(254, 0), choice(0, SESSION_EVENT), choice(5, sport));
  file.add(
    ACTIVITY,
    time(whole.end_s),
    long(0, thousandths(whole.timer_s)),
    short(1, 1), // sessions
    choice(2, 0), // manual
    choice(3, ACTIVITY_EVENT),
    choice(4, STOP),
    long(5, at(whole.end_s) + 60 * head.utc_offset_min), // the local time as if it were UTC
  );
  return file.finish();
}

// Records and events of the timer by time; at one time the timer goes on before the reading and stops after.
function courseOf(seconds, pauses_s, end_s, at, time) {
  const timer = (type, t_s) => [EVENT, time(t_s), choice(0, TIMER_EVENT), choice(1, type)];
  const placed = [[0, 0, timer(START, 0)]];
  for (const [stop_s, resume_s] of pauses_s) {
    placed.push([stop_s, 2, timer(STOP, stop_s)]);
    if (at(resume_s) < at(end_s)) placed.push([resume_s, 0, timer(START, resume_s)]);
  }
  for (const second of seconds) {
    placed.push([second.t_s, 1, [RECORD, time(second.t_s), ...readingOf(second)]]);
  }
  placed.sort(([t_s, rank], [other_s, otherRank]) => t_s - other_s || rank - otherRank);
  return [...placed.map(([, , message]) => message), timer(STOP_ALL, end_s)];
}

function readingOf({ cadence_spm, speed_m_s, distance_m, contact_time_s, stride_length_m }) {
  return [
    ...oneFoot(cadence_spm, 4, 53),
    long(73, round(speed_m_s * 1000)), // mm/s
    long(5, round(distance_m * 100)), // cm
    short(41, round(1000 * contact_time_s * 10)), // 0.1 ms
    short(85, round(500 * stride_length_m * 10)), // 0.1 mm, of a step
  ];
}

// What laps and the session share; `numbers` are those of the fields that they number differently.
function totalsOf(lap, at, [speed, mostSpeed, cadence, parts, mostCadence, mostParts, contact, step]) {
  return [
    long(253, at(lap.end_s)),
    long(2, at(lap.start_s)),
    choice(1, STOP),
    long(7, thousandths(lap.end_s - lap.start_s)),
    long(8, thousandths(lap.timer_s)),
    long(9, round(lap.distance_m * 100)),
    long(10, lap.strides),
    long(speed, round(lap.speed_m_s * 1000)),
    long(mostSpeed, round(lap.max_speed_m_s * 1000)),
    ...oneFoot(lap.cadence_spm, cadence, parts),
    ...oneFoot(lap.max_cadence_spm, mostCadence, mostParts),
    short(contact, round(1000 * lap.contact_time_s * 10)),
    short(step, round(1000 * lap.step_length_m * 10)),
  ];
}

// Strides a minute, whole and in parts.
function oneFoot(cadence_spm, whole, rest) {
  const parts = round(cadence_spm / 2 * CADENCE_PARTS);
  return [byte(whole, Math.floor(parts / CADENCE_PARTS)), byte(rest, parts % CADENCE_PARTS)];
}

function thousandths(seconds) {
  return round(seconds.toFixed(3) * 1000);
}
