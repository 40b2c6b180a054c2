// An MCAP file (mcap.dev): chunks without compression, checksums over everything, an index.

import { Bytes } from "./bytes.js";
import { crc32 } from "./crc32.js";

const MAGIC = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
const [HEADER, FOOTER, SCHEMA, CHANNEL, MESSAGE] = [1, 2, 3, 4, 5]; // kinds of records
const [CHUNK, MESSAGE_INDEX, CHUNK_INDEX, STATISTICS] = [6, 7, 8, 11];
const [METADATA, METADATA_INDEX, DATA_END] = [12, 13, 15];
const CHUNK_BYTES = 1 << 16; // some seconds of samples: what one damaged byte can cost a reader; our choice
const MESSAGE_HEAD_BYTES = 2 + 4 + 8 + 8;
const FOOTER_BYTES = 8 + 8 + 4;
const UNCOMPRESSED = "";

const record = (op, body, into = new Bytes()) => into.u8(op).u64(body.length).raw(body.written);
const listed = (into, list) => into.u32(list.length).raw(list.written);

export class McapFile {
  #parts = [];
  #length = 0;
  #crc = 0;
  #counts = []; // of the messages of each channel
  #schemaCount = 0;
  #fromUs = Infinity;
  #toUs = 0;
  #chunks = 0;
  #chunk = newChunk();
  #schemas = new Bytes(); // these are for the summary
  #channels = new Bytes();
  #chunkIndexes = new Bytes();
  #metadataIndex;

  constructor(profile, library, name, metadata) {
    this.#put(new Bytes().raw(MAGIC));
    this.#put(record(HEADER, new Bytes().text(profile).text(library)));
    const values = new Bytes();
    for (const [key, value] of Object.entries(metadata)) values.text(key).text(value);
    const told = record(METADATA, listed(new Bytes().text(name), values));
    this.#metadataIndex = record(METADATA_INDEX, new Bytes().u64(this.#length).u64(told.length).text(name));
    this.#put(told);
  }

  // Returns its number. `schema` is [name, encoding, text], or left out where its messages have none.
  addChannel(topic, encoding, schema) {
    const id = this.#counts.push(0);
    if (schema) this.#addSchema(id, ...schema);
    const channel = new Bytes().u16(id).u16(schema ? id : 0).text(topic).text(encoding);
    this.#define(this.#channels, CHANNEL, channel.u32(0)); // without metadata
    return id;
  }

  addMessage(channel, tUs, data) {
    const { records, indexes } = this.#chunk;
    if (!indexes.has(channel)) indexes.set(channel, new Bytes());
    indexes.get(channel).ns(tUs).u64(records.length);
    records.u8(MESSAGE).u64(MESSAGE_HEAD_BYTES + data.length);
    records.u16(channel).u32(0).ns(tUs).ns(tUs).raw(data);
    this.#counts[channel - 1] += 1;
    this.#chunk.fromUs = Math.min(this.#chunk.fromUs, tUs);
    this.#chunk.toUs = Math.max(this.#chunk.toUs, tUs);
    if (records.length > CHUNK_BYTES) this.#closeChunk();
  }

  // The whole file, in parts.
  finish() {
    if (this.#chunk.indexes.size) this.#closeChunk();
    this.#put(record(DATA_END, new Bytes().u32(this.#crc)));
    const summary = new Bytes().raw(this.#schemas.written).raw(this.#channels.written);
    record(STATISTICS, this.#statistics(), summary);
    summary.raw(this.#chunkIndexes.written).raw(this.#metadataIndex.written);
    // The checksum is over the summary and the footer up to itself.
    summary.u8(FOOTER).u64(FOOTER_BYTES).u64(this.#length).u64(0);
    this.#put(summary.u32(crc32(summary.written)));
    this.#put(new Bytes().raw(MAGIC));
    return this.#parts;
  }

  #put(bytes) {
    const part = bytes.written.slice();
    this.#crc = crc32(part, this.#crc);
    this.#length += part.length;
    this.#parts.push(part);
  }

  #addSchema(id, name, encoding, text) {
    this.#define(this.#schemas, SCHEMA, new Bytes().u16(id).text(name).text(encoding).text(text));
    this.#schemaCount += 1;
  }

  // It stands in the chunk that needs it first, and in the summary.
  #define(group, op, body) {
    for (const place of [group, this.#chunk.records]) record(op, body, place);
  }

  #closeChunk() {
    const { records, indexes, fromUs, toUs } = this.#chunk;
    const { length } = records;
    const body = new Bytes().ns(fromUs).ns(toUs).u64(length).u32(crc32(records.written)).text(UNCOMPRESSED);
    const chunk = record(CHUNK, body.u64(length).raw(records.written));
    const entry = new Bytes().ns(fromUs).ns(toUs).u64(this.#length).u64(chunk.length);
    this.#put(chunk);
    const [offsets, all] = [new Bytes(), new Bytes()];
    for (const [channel, index] of indexes) {
      offsets.u16(channel).u64(this.#length + all.length);
      record(MESSAGE_INDEX, listed(new Bytes().u16(channel), index), all);
    }
    this.#put(all);
    listed(entry, offsets).u64(all.length).text(UNCOMPRESSED).u64(length).u64(length);
    record(CHUNK_INDEX, entry, this.#chunkIndexes);
    this.#chunks += 1;
    this.#fromUs = Math.min(this.#fromUs, fromUs);
    this.#toUs = Math.max(this.#toUs, toUs);
    this.#chunk = newChunk();
  }

  #statistics() {
    const counts = new Bytes();
    for (const [index, count] of this.#counts.entries()) counts.u16(index + 1).u64(count);
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    const body = new Bytes().u64(total).u16(this.#schemaCount).u32(this.#counts.length);
    body.u32(0).u32(1).u32(this.#chunks).ns(total && this.#fromUs).ns(this.#toUs); // attachments, metadata
    return listed(body, counts);
  }
}

function newChunk() {
  return { records: new Bytes(), indexes: new Map(), fromUs: Infinity, toUs: 0 };
}
