// A FIT file (developer.garmin.com/fit): definitions, messages and checksums.

import { Bytes } from "./bytes.js";

const HEADER_BYTES = 14;
const PROTOCOL = 0x20; // 2.0
const PROFILE = 21100; // 21.100, of the SDK
const POLYNOMIAL = 0xa001; // CRC-16, bits reversed
const DEFINITION = 0x40;
const TEXT_BYTES = 61; // with the zero at its end; a FIT string holds 255
const UTF8 = new TextEncoder();

// Fields of a message: the number in the FIT profile, and the value. What is not known, or what the type does
// not hold, is told as not known.
export const byte = (number, value) => field(number, 0x02, 1, value);
export const choice = (number, value) => field(number, 0x00, 1, value);
export const short = (number, value) => field(number, 0x84, 2, value);
export const long = (number, value) => field(number, 0x86, 4, value);
export const serial = (number, value) => field(number, 0x8c, 4, value);

// Cut between characters.
export function text(number, value) {
  const bytes = new Uint8Array(TEXT_BYTES);
  UTF8.encodeInto(value.replaceAll("\0", ""), bytes.subarray(0, -1));
  return { number, type: 0x07, bytes };
}

function field(number, type, size, value) {
  const limit = 2 ** (8 * size);
  const told = value >= 0 && value < limit ? value : limit - 1;
  return { number, type, bytes: new Bytes().u32(told).written.subarray(0, size) };
}

export class FitFile {
  #data = new Bytes();
  #kinds = [];

  // All messages of a kind have the same fields.
  add(kind, ...fields) {
    if (!this.#kinds.includes(kind)) this.#define(kind, fields);
    this.#data.u8(this.#kinds.indexOf(kind));
    for (const { bytes } of fields) this.#data.raw(bytes);
  }

  finish() {
    const file = new Bytes().u8(HEADER_BYTES).u8(PROTOCOL).u16(PROFILE).u32(this.#data.length);
    file.raw(UTF8.encode(".FIT"));
    file.u16(crc16(file.written)).raw(this.#data.written);
    return file.u16(crc16(file.written)).written.slice();
  }

  #define(kind, fields) {
    this.#data.u8(DEFINITION | this.#kinds.length).u16(0).u16(kind).u8(fields.length);
    for (const { number, type, bytes } of fields) this.#data.u8(number).u8(bytes.length).u8(type);
    this.#kinds.push(kind);
  }
}

function crc16(bytes) {
  let crc = 0;
  for (const value of bytes) {
    crc ^= value;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? POLYNOMIAL : 0);
  }
  return crc;
}
