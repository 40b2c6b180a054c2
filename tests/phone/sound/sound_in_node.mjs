// Answers line by line, in JSON, what the page's own modules make of a question:
//   {"ops": [...], "locked": bool} -> the beats of a metronome that is told those
//   {"sound": name, "rate_hz": n}  -> its channels

import { createInterface } from "node:readline";

const [folder] = process.argv.slice(2);
const { Metronome } = await import(`${folder}/metronome.js`);
const { earcon, tick } = await import(`${folder}/tones.js`);

function beats({ ops, locked }) {
  const metronome = new Metronome({ locked });
  const played = [];
  const told = {
    start: (tS, tempoSpm) => metronome.start(tS, tempoSpm),
    stop: () => metronome.stop(),
    contact: (contactS, foot, tS) => metronome.contact(contactS, foot, tS),
    skip: (tS) => metronome.skipTo(tS),
    play(tS) {
      for (const beat of metronome.until(tS)) {
        played.push([beat.tS, beat.foot]);
        metronome.passed();
      }
    },
  };
  for (const [name, ...values] of ops) told[name](...values);
  return played;
}

function channels({ sound, rate_hz }) {
  const feet = { left: "left", right: "right", unknown: null };
  const made = Object.hasOwn(feet, sound) ? tick(feet[sound], rate_hz) : earcon(sound, rate_hz);
  return made?.map((channel) => Array.from(channel)) ?? null;
}

for await (const line of createInterface({ input: process.stdin })) {
  const question = JSON.parse(line);
  console.log(JSON.stringify(question.ops ? beats(question) : channels(question)));
}
