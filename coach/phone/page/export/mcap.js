// A run as a recording, as firmware_bridge/recording_writer.py makes one: what the pod sent, and beside it
// what came of it.

import { McapFile } from "./mcap_file.js";

const LIBRARY = "cadence-coach phone page";
const JSON_ENCODING = "json"; // both as MCAP's registry has them
const SCHEMA_ENCODING = "jsonschema";
const POD = "pod0/";
const UTF8 = new TextEncoder();

// `messages` in the order of arrival; `table` is recording.json. Returns parts of a file.
export function recordingOf({ head, messages, results, table }) {
  const metadata = { ...head.settings, utc_offset_min: String(head.utc_offset_min) };
  const file = new McapFile(table.profile, LIBRARY, table.settings, metadata);
  const channels = new Map();
  const add = (topic, tUs, data, kind) => {
    if (!channels.has(topic)) channels.set(topic, addChannel(file, topic, kind, table));
    file.addMessage(channels.get(topic), tUs, data);
  };
  const addEntry = ({ name, entry }, tUs) => {
    const kind = table.kinds[name];
    add(name, tUs, textOf(entry, kind), kind);
  };

  const found = inOrder(head, results);
  let next = 0;
  let lastUs = head.started_ms * 1000;
  for (const message of messages) {
    lastUs = message.tUs;
    if (message.data) add(table.packets + message.channel, lastUs, message.data);
    else addEntry({ name: "link", entry: message }, lastUs);
    for (; found[next]?.us <= lastUs; next++) addEntry(found[next], lastUs);
  }
  for (; next < found.length; next++) addEntry(found[next], lastUs);
  return file.finish();
}

// Packets have no kind.
function addChannel(file, topic, kind, table) {
  if (!kind) return file.addChannel(POD + topic, table.raw_encoding);
  const schema = [kind.title, SCHEMA_ENCODING, JSON.stringify(kind.schema)];
  return file.addChannel(POD + topic, JSON_ENCODING, schema);
}

// What came of the run, each with the moment of which it tells. It is logged with the first message from then
// on: which one led to it is not kept.
function inOrder({ started_ms }, { strides, cues, updates }) {
  const at = (name, entries, instant) => (
    entries.map((entry) => ({ name, entry, us: started_ms * 1000 + entry[instant] * 1e6 })));
  const told = [...at("cadence", updates, "t_s"), ...at("cues", cues, "t_s")];
  return [...at("strides", strides, "t_mid_stance_s"), ...told].sort((a, b) => a.us - b.us);
}

// The fields of its schema, in JSON; what is not known is left out.
function textOf(entry, { schema }) {
  const known = Object.keys(schema.properties).filter((name) => (entry[name] ?? null) !== null);
  return UTF8.encode(JSON.stringify(Object.fromEntries(known.map((name) => [name, entry[name]]))));
}
