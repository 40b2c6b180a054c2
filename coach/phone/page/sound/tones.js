// The waveforms of coach/audio/tones.py, which says why they are as they are. Each is a list of channels,
// Float32Array, one for both ears or two for left and right.

const TICK_PEAK = 0.4;
const EARCON_PEAK = 0.38;
const TICK_HZ = { left: 1800, right: 2400, null: 2100 };
const OVERTONE = 2.4;
const OVERTONE_SHARE = 0.35;
const TICK_S = 0.06;
const TICK_EDGES_S = [0.00025, 0.01];
const TICK_DECAY_S = 0.01;

const NOTE_EDGES_S = [0.008, 0.04];
const [A4, B4, C5, E5, G5, C6] = [440, 493.88, 523.25, 659.26, 783.99, 1046.5];
const MELODIES = { // Hz and s of each note
  burst_up: [[C5, 0.11], [E5, 0.11], [G5, 0.2]],
  burst_down: [[G5, 0.11], [E5, 0.11], [C5, 0.2]],
  on_target: [[G5, 0.12], [C6, 0.3]],
  warning: [[B4, 0.16], [A4, 0.16], [B4, 0.16], [A4, 0.16]],
  walk: [[E5, 0.32], [A4, 0.4]],
  run: [[A4, 0.09], [A4, 0.09], [A4, 0.09], [E5, 0.25]],
};

const sine = (hz, tS) => Math.sin(2 * Math.PI * hz * tS);

// In the ear of the foot, or in both where that is null.
export function tick(foot, rateHz) {
  const hz = TICK_HZ[foot];
  const wave = shaped(TICK_S, rateHz, TICK_EDGES_S, (tS) => {
    return (sine(hz, tS) + OVERTONE_SHARE * sine(OVERTONE * hz, tS)) * Math.exp(-tS / TICK_DECAY_S);
  });
  const mono = atPeak(wave, TICK_PEAK);
  const silent = new Float32Array(mono.length);
  if (foot === null) return [mono];
  return foot === "left" ? [mono, silent] : [silent, mono];
}

// The melody of a kind of cue; null for one that has none.
export function earcon(kind, rateHz) {
  if (!MELODIES[kind]) return null;
  const notes = MELODIES[kind].map(([hz, lengthS]) => {
    const partials = (tS) => sine(hz, tS) + sine(2 * hz, tS) / 4 + sine(3 * hz, tS) / 9;
    return shaped(lengthS + NOTE_EDGES_S[1], rateHz, NOTE_EDGES_S, partials);
  });
  const release = Math.round(NOTE_EDGES_S[1] * rateHz); // each note rings out under the next
  const wave = new Float64Array(notes.reduce((frames, note) => frames + note.length - release, release));
  let start = 0;
  for (const note of notes) {
    note.forEach((value, frame) => (wave[start + frame] += value));
    start += note.length - release;
  }
  return [atPeak(wave, EARCON_PEAK)];
}

// A raised cosine at each end: 0 at the first frame and the last.
function shaped(lengthS, rateHz, edgesS, wave) {
  const frames = Math.round(lengthS * rateHz);
  const [attack, release] = edgesS.map((edgeS) => Math.round(edgeS * rateHz));
  return Float64Array.from({ length: frames }, (_, frame) => {
    const edge = Math.min(1, frame / attack, (frames - 1 - frame) / release);
    return wave(frame / rateHz) * Math.sin(0.5 * Math.PI * edge) ** 2;
  });
}

function atPeak(wave, peak) {
  const highest = wave.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return Float32Array.from(wave, (value) => (value * peak) / highest);
}
