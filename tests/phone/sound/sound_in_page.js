// Stands between the tests of the page's sound and its modules: renders what is told, and notes what a player
// asks of the browser.

import { Player } from "./sound/player.js";
import { Scheduler } from "./sound/scheduler.js";

// Render a scheduler that is told something at some moments: [at_s, method, ...values]. Gives when each
// takes effect, where the ticks begin in each ear, in frames, and how far the worst sample lies from the waveforms given.
window.render = async ({ told, rateHz, lengthS, locked, ticks }) => {
  const context = new OfflineAudioContext(2, lengthS * rateHz, rateHz);
  const scheduler = new Scheduler(context, { locked });
  const toldS = [];
  for (const [atS, method, ...values] of told) {
    context.suspend(atS).then(() => {
      toldS.push(method === "silence" ? context.currentTime : scheduler.tS);
      if (method === "contact") scheduler.contact(scheduler.tS - values[0], values[1]);
      else scheduler[method](...values);
      context.resume();
    });
  }
  const heard = await context.startRendering();
  const ears = ["left", "right"].map((ear, channel) => listen(heard.getChannelData(channel), ticks[ear]));
  return { toldS, onsets: ears.map((ear) => ear.onsets), worst: Math.max(...ears.map((ear) => ear.worst)) };
};

function listen(samples, wave) {
  const onsets = [];
  let [worst, last] = [0, -wave.length];
  samples.forEach((sample, frame) => {
    if (Math.abs(sample) < 1e-5) return;
    if (frame - last > wave.length / 2) onsets.push(frame - 1); // a waveform begins at zero
    last = frame;
    const at = frame - onsets.at(-1);
    worst = Math.max(worst, Math.abs(sample - (wave[at] ?? 0)));
  });
  return { onsets, worst };
}

// Render announcements: samples of one ear.
window.renderEarcons = async ({ told, rateHz, lengthS }) => {
  const context = new OfflineAudioContext(1, lengthS * rateHz, rateHz);
  const scheduler = new Scheduler(context);
  for (const [atS, method, ...values] of told) {
    context.suspend(atS).then(() => {
      scheduler[method](...values);
      context.resume();
    });
  }
  return Array.from((await context.startRendering()).getChannelData(0));
};

// What the browser is asked: sources begun and stopped, words, handlers of the earbuds' button.
window.asked = { ticks: [], said: [], handlers: {}, contexts: [], problems: [], audio: null, blob: null };

const { start, stop } = AudioBufferSourceNode.prototype;
const noted = new Map();
AudioBufferSourceNode.prototype.start = function (whenS) {
  const { length, numberOfChannels, duration } = this.buffer;
  const isLoud = (channel) => this.buffer.getChannelData(channel % numberOfChannels).some((value) => value !== 0);
  const ear = !isLoud(1) ? "left" : !isLoud(0) ? "right" : "both";
  const tick = { whenS, ear, length, durationS: duration, stopped: false };
  noted.set(this, tick);
  window.asked.ticks.push(tick);
  return start.call(this, whenS);
};
AudioBufferSourceNode.prototype.stop = function (...when) {
  noted.get(this).stopped = true;
  return stop.apply(this, when);
};
const { AudioContext } = window;
window.AudioContext = class extends AudioContext {
  constructor(options) {
    if (window.noAudio) throw new DOMException("no device", "NotSupportedError");
    super(options);
    window.asked.contexts.push(this);
    if (window.deviceIsBusy) this.suspend();
  }
  resume() {
    return window.deviceIsBusy ? Promise.reject(new DOMException("busy", "InvalidStateError")) : super.resume();
  }
};
navigator.mediaSession.setActionHandler = (action, handler) => {
  window.asked.handlers[action] = handler;
};
const { Audio } = window;
window.Audio = class extends Audio {
  constructor(source) {
    super(source);
    window.asked.audio = this;
  }
};
const { createObjectURL } = URL;
URL.createObjectURL = (blob) => {
  window.asked.blob = blob;
  return createObjectURL(blob);
};
window.decoded = async (blob) => {
  const decoded = await new OfflineAudioContext(1, 1, 8000).decodeAudioData(await blob.arrayBuffer());
  return Array.from(decoded.getChannelData(0));
};
const now = performance.now.bind(performance);
window.frozenMs = 0;
performance.now = () => now() + window.frozenMs;
Object.defineProperty(window, "speechSynthesis", {
  configurable: true,
  value: {
    speak: (utterance) => {
      const { text, lang } = utterance;
      window.asked.said.push({ text, lang, atMs: now(), soundS: window.asked.contexts.at(-1).currentTime });
      utterance.onstart?.();
    },
    cancel: () => window.asked.said.push({ text: "(cut)" }),
  },
});

const player = new Player({
  words: ({ kind, tempo_spm }) => `${kind} ${tempo_spm ?? ""}`.trim(),
  onProblem: (problem) => window.asked.problems.push(problem),
});
window.player = player;
window.settings = { sound: "words", locked: false, latency_ms: 0 };
document.querySelector("#start").onclick = () => player.start(window.settings);
document.querySelector("#try").onclick = () => player.test(window.settings);
window.ready = true;
