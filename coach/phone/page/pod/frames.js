// The open pod's wire format (docs/protocol.md): frames of the pod in, commands out. `decode` judges bytes as
// firmware_bridge/frames.py does and never throws.

import { shortest } from "./numbers.js";

export const MODE = { raw: 1, strides: 2 };
export const COMMAND = { START: 0x81, STOP: 0x82, INFO: 0x87 };
export const DONE = 0; // status of an ack

// Names in the order of their codes.
export const ACTIVITIES = ["unknown", "stationary", "walking", "running"];
export const SIDES = [null, "left", "right"];
export const CUE_KINDS = ["none", "burst_up", "burst_down", "on_target", "warning", "walk", "run", "silence"];
export const CUE_REASONS = [
  "none", "below_target", "above_target", "reached", "end_of_road", "faster", "forefoot", "plan", "over",
  "stopped", "walking", "hill", "off_pace", "signal", "load",
];
// As they follow one another in a stride frame.
export const STRIDE_VALUES = [
  "stride_time_s", "contact_time_s", "stride_length_m", "speed_m_s", "climb_m", "grade_percent",
  "flight_time_s", "strike_angle_deg", "impact_g",
];

const VERSION = 1;
const HEADER_BYTES = 10;
const CRC_BYTES = 2;
const SAMPLE_BYTES = 12;
const LARGEST_SCALE = 1; // m/s² or rad/s a count
const LARGEST_COUNT = 32767;
const NO_BATTERY_GAUGE = 255;

// By the type of a frame: its name, the bytes of its payload but for samples, and what reads a view of the
// payload: null where values cannot be.
const FRAMES = {
  1: ["hello", 43, readHello],
  2: ["samples", 9, readSamples],
  3: ["stride", 51, readStride],
  4: ["cue", 10, readCue],
  5: ["button", 5, (view) => ({ tickUs: u32(view, 0) })],
  6: ["battery", 5, readBattery],
  7: ["ack", 6, readAck],
};

const u32 = (view, at) => view.getUint32(at, true);
const f32 = (view, at) => view.getFloat32(at, true);

const CRC_TABLE = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1;
  return crc;
});

// CRC-16/IBM-3740 of all but the last two bytes.
function crcOf(bytes) {
  let crc = 0xffff;
  for (const byte of bytes.subarray(0, -CRC_BYTES)) crc = (crc << 8) & 0xffff ^ CRC_TABLE[crc >> 8 ^ byte];
  return crc;
}

// A frame { kind, boot, sequence, ... }; or in words why bytes are none.
export function decode(bytes) {
  const { length, byteOffset } = bytes;
  if (length < HEADER_BYTES + CRC_BYTES) return "too short";
  if (bytes[0] !== VERSION) return "unknown version";
  if (!FRAMES[bytes[1]]) return "unknown type";
  const [kind, size, read] = FRAMES[bytes[1]];
  const samples = kind === "samples" ? bytes[HEADER_BYTES + size - 1] : 0; // undefined where too short
  if (length !== HEADER_BYTES + size + samples * SAMPLE_BYTES + CRC_BYTES) return "wrong length";
  const view = new DataView(bytes.buffer, byteOffset, length);
  if (crcOf(bytes) !== view.getUint16(length - CRC_BYTES, true)) return "wrong CRC";
  const frame = read(new DataView(bytes.buffer, byteOffset + HEADER_BYTES));
  return frame ? { kind, boot: u32(view, 2), sequence: u32(view, 6), ...frame } : "impossible value";
}

// `token` comes back in the pod's ack; `payload` is bytes.
export function encodeCommand(command, token, payload = []) {
  const bytes = new Uint8Array(HEADER_BYTES + payload.length + CRC_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set([VERSION, command]);
  view.setUint32(6, token, true);
  bytes.set(payload, HEADER_BYTES);
  view.setUint16(bytes.length - CRC_BYTES, crcOf(bytes), true);
  return bytes;
}

function readHello(view) {
  const [rate_hz, accScale, gyroScale] = [4, 8, 12].map((at) => f32(view, at));
  const [flags, mode, battery, side] = [20, 21, 22, 23].map((at) => view.getUint8(at));
  const letters = Array.from({ length: 12 }, (_, k) => String.fromCharCode(view.getUint8(31 + k)));
  const model = letters.join("").replace(/\0+$/, "");
  const canBe =
    /^[ -~]*$/.test(model) && rate_hz > 0 && rate_hz < Infinity &&
    accScale > 0 && accScale <= LARGEST_SCALE && gyroScale >= 0 && gyroScale <= LARGEST_SCALE &&
    mode >= 1 && mode <= 3 && side < SIDES.length && (battery <= 100 || battery === NO_BATTERY_GAUGE);
  if (!canBe) return null;
  const has_gyroscope = (flags & 1) !== 0;
  const sensor = { // a sample at the end of the counts is clipped
    acc_limit_m_s2: Math.fround(LARGEST_COUNT * accScale),
    gyro_limit_rad_s: Math.fround(LARGEST_COUNT * gyroScale),
    has_gyroscope,
  };
  return {
    mode,
    streams: (flags & 2) !== 0,
    percent: battery === NO_BATTERY_GAUGE ? null : battery,
    // Without a gyroscope its three counts mean nothing: times NaN they are missing values.
    scales: [accScale, has_gyroscope ? gyroScale : NaN],
    info: { model, firmware: [24, 25, 26].map((at) => view.getUint8(at)).join("."), sensor, rate_hz },
  };
}

function readSamples(view) {
  const [periodNs, count] = [u32(view, 4), view.getUint8(8)];
  if (!count || !periodNs) return null;
  const raw = Int16Array.from({ length: 6 * count }, (_, k) => view.getInt16(9 + 2 * k, true));
  return { tickUs: u32(view, 0), periodNs, count, raw };
}

function readStride(view) {
  const [activity, bits, side] = [48, 49, 50].map((at) => view.getUint8(at));
  if (!["walking", "running"].includes(ACTIVITIES[activity]) || side >= SIDES.length) return null;
  return {
    toeOffUs: u32(view, 0),
    contactUs: u32(view, 4),
    tickUs: u32(view, 8), // of the mid-stance
    values: STRIDE_VALUES.map((_, k) => f32(view, 12 + 4 * k)),
    rest: {
      clipped: (bits & 1) !== 0,
      activity: ACTIVITIES[activity],
      side: SIDES[side],
      signal: bits & 2 ? "good" : "bad",
    },
  };
}

function readCue(view) {
  const [kind, reason] = [CUE_KINDS[view.getUint8(4)], CUE_REASONS[view.getUint8(5)]];
  if (!kind || !reason) return null;
  return { tickUs: u32(view, 0), cue: { kind, tempo_spm: shortest(f32(view, 6)), reason } };
}

function readBattery(view) {
  const percent = view.getUint8(4);
  return percent <= 100 ? { percent } : null;
}

function readAck(view) {
  const [command, status] = [view.getUint8(4), view.getUint8(5)];
  return status <= 2 ? { command, status } : null;
}
