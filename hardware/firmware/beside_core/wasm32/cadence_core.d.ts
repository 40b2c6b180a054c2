/**
 * The on-device core for pages and node. One core follows the sensor on one foot:
 *
 *     import { init } from "./cadence_core.js";
 *     const core = await init("cadence_core.wasm", "cadence_core.json", { side: "left" });
 *     // with each notification of the pod:
 *     core.feed(tUs, motion);
 *     for (let stride; (stride = core.stride()); ) show(stride);
 *     for (let cue; (cue = core.cue()); ) sound(cue);
 *
 * Two feet are two cores; the cues of one of them are enough. This is training software, not a medical device.
 */

/** A file of the core: where it is, or what came from there. */
export type Fetched = string | URL | Response | Promise<Response>;

export interface Sensor {
  /** m/s²: a component of acceleration at or beyond it is clipped. Infinity where left out. */
  acc_limit_m_s2?: number;
  /** rad/s: a component of rotation at or beyond it is clipped. Infinity where left out. */
  gyro_limit_rad_s?: number;
  /** false for an accelerometer alone, which gives no length, climb or strike angle. true where left out. */
  has_gyroscope?: boolean;
}

/** What the coach is told of the runner. */
export interface Policy {
  /** The runner's own cadence, steps of both feet a minute; 0 or left out: learned in the run. */
  baseline_spm?: number;
  /** m/s: the speed that goes with it; 0 or left out: learned in the run. */
  baseline_speed_m_s?: number;
  /** The cadence to come to; 0 or left out: the baseline and 5 %, at most 180. */
  target_spm?: number;
  /** From 0, full feedback, to 1, the rarest. 0 where left out. */
  fade?: number;
}

export interface Options {
  sensor?: Sensor;
  policy?: Policy;
  /** The foot it is on, copied into the records. null where left out. */
  side?: Side;
}

export type Side = "left" | "right" | null;
export type Activity = "unknown" | "stationary" | "walking" | "running";

/** One stride, closed at the mid-stance that ends it. null is not known. Times t are s since the first sample. */
export interface Stride {
  /** The start of its swing. */
  t_toe_off_s: number;
  /** The end of its swing. */
  t_contact_s: number;
  /** The mid-stance that closes it. */
  t_mid_stance_s: number;
  /** s from the contact before; null for the first stride after standing. */
  stride_time_s: number | null;
  /** Steps of both feet a minute. */
  cadence_spm: number | null;
  /** s: the stance before this swing. */
  contact_time_s: number | null;
  /** m, horizontal, mid-stance to mid-stance. */
  stride_length_m: number | null;
  /** m/s: the length over the time between the two mid-stances. */
  speed_m_s: number | null;
  /** m, vertical, mid-stance to mid-stance. */
  climb_m: number | null;
  /** %: climb over length of the last strides. */
  grade_percent: number | null;
  /** s, running: half the stride time less the contact time, both feet taken as alike. */
  flight_time_s: number | null;
  /** Degrees of foot pitch at contact, heel-first positive. */
  strike_angle_deg: number | null;
  /** g: highest magnitude in the 50 ms after contact; a lower bound where clipped. */
  impact_g: number | null;
  /** The sensor was at its limit in this stride. */
  clipped: boolean;
  activity: "walking" | "running";
  side: Side;
  /** "bad": a gap, a clipped swing or a value that cannot be touched this stride. */
  signal: "good" | "bad";
}

/** What the coach asks of the runner. A burst is a metronome that runs until the next silence. */
export interface Cue {
  /** s since the first sample. */
  t_s: number;
  kind: "none" | "burst_up" | "burst_down" | "on_target" | "warning" | "walk" | "run" | "silence";
  /** Of the metronome, steps of both feet a minute; null where the cue has none. */
  tempo_spm: number | null;
  reason:
    | "none" | "below_target" | "above_target" | "reached" | "end_of_road" | "faster" | "forefoot" | "plan"
    | "over" | "stopped" | "walking" | "hill" | "off_pace" | "signal" | "load";
}

/** Cadence as a running speed and cadence sensor tells it, about once a second. */
export interface Update {
  /** s since the first of them. */
  t_s: number;
  /** Steps of both feet a minute. */
  cadence_spm: number | null;
  speed_m_s: number | null;
  /** m, contact to next contact of the same foot. */
  stride_length_m: number | null;
  activity: Activity;
}

/** What went through so far. */
export interface Counters {
  samples: number;
  /** Samples with a value that is not a number or cannot be. */
  missing_samples: number;
  /** Samples with a value at the sensor's limit. */
  clipped_samples: number;
  /** Silences of more than 60 ms, and runs of missing samples. */
  gaps: number;
  /** From the first sample to the last. */
  duration_s: number;
  /** Of it, standing still. */
  stationary_s: number;
}

export interface Core {
  /** What is known of the sensor, where `init` was not told: before the first sample. */
  setSensor(sensor: Sensor): void;
  /**
   * Take a batch of samples, of any size: where batches are cut changes nothing.
   *
   * Times are the pod's clock, not when they arrived, and go on through a restart of the pod: add what its own
   * clock has lost. Samples that were lost are left out; a silence of more than 60 ms is a gap, after which the
   * detector begins anew by itself.
   *
   * @param tUs time of each sample, whole µs, never less than the one before: Float64Array, or numbers.
   * @param motion six values a sample: acceleration x y z in m/s² (at rest 9.81 upward), rotation x y z in
   *   rad/s, in the sensor's right-handed axes: Float32Array. NaN where a value is missing.
   * @throws Error where they do not fit each other or times run backwards; nothing of the batch is taken then.
   */
  feed(tUs: ArrayLike<number>, motion: ArrayLike<number>): void;
  /**
   * Take a stride that the pod found itself, in place of samples: it can lead to cues.
   *
   * @param closedUs when it closed, whole µs on the clock of its times; its mid-stance where that is not told.
   */
  take(stride: Stride, closedUs: number): void;
  /** Take a ready-made cadence, in place of samples: it can lead to cues. */
  update(update: Update): void;
  /** The next stride that was not fetched yet; null when there is none. */
  stride(): Stride | null;
  /** The next cue that was not fetched yet; null when there is none. */
  cue(): Cue | null;
  /** The link is lost, now, and no samples will come for a while: a metronome under way ends with a cue. */
  lose(): void;
  /** What the runner does at the newest sample. */
  readonly activity: Activity;
  /** What the coach does now, or why it is silent. */
  readonly status:
    | "idle" | "learning" | "watching" | "burst" | "resting" | "alone" | "stopped" | "walking" | "hill"
    | "off_pace" | "signal";
  /** The runner's own cadence, told or learned, steps of both feet a minute; null while it is not known. */
  readonly baseline_spm: number | null;
  /** m/s: the speed that goes with it. */
  readonly baseline_speed_m_s: number | null;
  /** Where the runner is to come to; null while the baseline is not known. */
  readonly target_spm: number | null;
  /** Of the metronome under way; null where there is none. */
  readonly tempo_spm: number | null;
  readonly counters: Counters;
}

/**
 * Make a core.
 *
 * @param module cadence_core.wasm: bytes, a compiled module (for several cores), or where it is. node has no
 *   fetch for files: give it the bytes.
 * @param layout cadence_core.json of the same build: as an object, or where it is.
 * @throws Error where one is not what it should be, they are of different builds, or a setting is unknown.
 */
export function init(
  module: BufferSource | WebAssembly.Module | Fetched, layout: object | Fetched, options?: Options,
): Promise<Core>;

/** A float32 as the shortest decimal number that stands for it; null where it is not finite. */
export function shortest(value: number): number | null;
