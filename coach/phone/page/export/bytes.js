// Bytes of a file in the making, little-endian as MCAP and FIT have them.

const FIRST_ROOM = 64;
const NS_PER_US = 1000n;
const UTF8 = new TextEncoder();

export class Bytes {
  #data = new Uint8Array(FIRST_ROOM);
  #view = new DataView(this.#data.buffer);
  length = 0;

  u8(value) {
    return this.#number("setUint8", 1, value);
  }

  u16(value) {
    return this.#number("setUint16", 2, value);
  }

  u32(value) {
    return this.#number("setUint32", 4, value);
  }

  u64(value) {
    return this.#number("setBigUint64", 8, BigInt(value));
  }

  // An instant in ns, which a Number cannot hold.
  ns(us) {
    return this.u64(BigInt(us) * NS_PER_US);
  }

  raw(bytes) {
    const at = this.#next(bytes.length);
    this.#data.set(bytes, at);
    return this;
  }

  // With its length, as MCAP has it.
  text(string) {
    const bytes = UTF8.encode(string);
    return this.u32(bytes.length).raw(bytes);
  }

  // What was written so far.
  get written() {
    return this.#data.subarray(0, this.length);
  }

  #number(set, size, value) {
    const at = this.#next(size);
    this.#view[set](at, value, true);
    return this;
  }

  // Where the next bytes go; there is room for them.
  #next(count) {
    const at = this.length;
    this.length += count;
    if (this.length > this.#data.length) {
      const wider = new Uint8Array(Math.max(this.length, 2 * this.#data.length));
      wider.set(this.#data);
      this.#data = wider;
      this.#view = new DataView(wider.buffer);
    }
    return at;
  }
}
