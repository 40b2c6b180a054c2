// A kept run as a file for the phone's folder of downloads. What makes it is loaded when it is asked for.

import { unpacked } from "../packed.js";

const SAVED_AFTER_MS = 60_000; // some browsers read it later than the tap

const KINDS = {
  mcap: { type: "application/octet-stream", make: recording },
  csv: { type: "text/csv", make: table },
  fit: { type: "application/octet-stream", make: activity },
};

// `messages` gives all that the pod sent, when asked.
export async function downloadRun(kind, { head, results, messages }) {
  const { type, make } = KINDS[kind];
  const file = new Blob(await make({ head, results, messages }), { type });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `run-${localStamp(head)}.${kind}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), SAVED_AFTER_MS);
}

async function recording({ head, results, messages }) {
  const [{ recordingOf }, response] = await Promise.all([import("./mcap.js"), unpacked("recording.json.deflated")]);
  return recordingOf({ head, results, messages: await messages(), table: await response.json() });
}

async function table({ results }) {
  const { csvOf } = await import("./csv.js");
  return [csvOf(results)];
}

async function activity({ head, results }) {
  const { fitOf } = await import("./fit.js");
  return [fitOf(head, results)];
}

// Such as 2026-11-23-0912, by the clock where it was run.
function localStamp({ started_ms, utc_offset_min }) {
  const text = new Date(started_ms + utc_offset_min * 60_000).toISOString();
  return `${text.slice(0, 10)}-${text.slice(11, 13)}${text.slice(14, 16)}`;
}
