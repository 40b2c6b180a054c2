// Begins, takes up and ends a run of this phone: link, core, store, sound and wake lock put together.

import { init } from "../core/cadence_core.js";
import { BluetoothLink, choose, now } from "../link/bluetooth.js";
import { unpacked } from "../packed.js";
import { decoderOf, profilesFor } from "../pod/catalogue.js";
import { newLosses } from "../pod/losses.js";
import { Recorder } from "../store/recorder.js";
import { Run } from "./run.js";
import { Session } from "./session.js";
import { policyOf, recordedSettings, settingsOfRecording } from "./settings.js";
import { takeTurn } from "./turn.js";
import { WakeLock } from "./wake_lock.js";

const fetched = {};

// The core's files, fetched once, before the first run needs them.
export function fetchCore() {
  const core = (name) => unpacked(new URL(`../core/cadence_core.${name}.deflated`, import.meta.url));
  fetched.module ??= core("wasm").then((response) => response.arrayBuffer()).then(WebAssembly.compile);
  fetched.layout ??= core("json").then((response) => response.json());
  return Promise.all([fetched.module, fetched.layout]);
}

async function runWith(settings) {
  const [module, layout] = await fetchCore();
  const { side } = settings;
  const core = await init(module, layout, { policy: policyOf(settings), side });
  return { core, run: new Run({ core, decoderOf, side }) };
}

// Finish a run that was cut off as it is: what came of it follows from what its pod sent.
export async function finishCutOff(database, head) {
  const recorder = new Recorder(database, head, await database.chunks(head.id), () => {});
  const session = new Session({ ...(await runWith(settingsOfRecording(head.settings))), recorder, now });
  await session.replay(await database.messages(head.id));
  return session.finish();
}

export class PhoneRun {
  #database; #player; #onProblem;
  #wakeLock = new WakeLock();
  #link = null;
  #giveBack = () => {};
  session = null;

  constructor({ database, player, onProblem }) {
    this.#database = database;
    this.#player = player;
    this.#onProblem = onProblem;
  }

  // From a tap: have the user choose a pod, and run with it. `cutOff` is the head of a run to be taken up.
  async begin(settings, cutOff = null) {
    const profiles = cutOff ? profilesAgain(cutOff) : profilesFor(settings.mode);
    const sound = this.#player.start(settings); // before anything is waited for: it needs the tap too
    try {
      this.#giveBack = await takeTurn();
      const device = await choose(profiles);
      await sound;
      await this.#open(settings, cutOff && (await this.#stillCutOff(cutOff)), device, profiles);
    } catch (error) {
      this.#player.stop();
      this.#giveBack();
      throw error;
    }
    this.#wakeLock.hold();
    navigator.storage?.persist?.();
  }

  // As it is now: another page may have gone on with it.
  async #stillCutOff({ id }) {
    const head = await this.#database.head(id);
    if (!head || head.finished) throw new Error("problem.elsewhere");
    return head;
  }

  async #open(settings, cutOff, device, profiles) {
    const { run, core } = await runWith(cutOff ? settingsOfRecording(cutOff.settings) : settings);
    const head = cutOff ?? newHead(settings, device.name ?? "");
    head.id ??= await this.#database.begin(head);
    const recorder = new Recorder(this.#database, head, await this.#database.chunks(head.id), this.#onProblem);
    const session = new Session({ run, core, recorder, player: this.#player, now });
    // What the pod sends while a run is taken up waits: it comes after that.
    const waiting = [];
    let take = (message) => waiting.push(message);
    const link = new BluetoothLink(device, profiles, (message) => take(message));
    const cutUs = now();
    const opening = link.open();
    opening.catch(() => {}); // told below, once the run is taken up
    try {
      if (cutOff) await session.takeUp(await this.#database.messages(head.id), cutUs);
      take = (message) => session.take(message).forEach((write) => link.write(write));
      waiting.forEach(take);
      await opening;
    } catch (error) {
      take = () => {};
      link.close();
      await (cutOff ? recorder.leave() : recorder.forget());
      throw error;
    }
    [this.session, this.#link] = [session, link];
  }

  // Returns the head of the run that is over; null where nothing came of it. Where it cannot be kept it can be
  // ended again.
  async end() {
    this.#wakeLock.release();
    await this.#link?.close();
    this.#link = null;
    this.#player.stop();
    const head = await this.session.finish();
    this.session = null;
    this.#giveBack();
    return head;
  }
}

// The kind of pod with which the run was begun: another would tell something else.
function profilesAgain({ settings, protocol }) {
  return profilesFor(settings.mode).filter(({ name }) => !protocol || name === protocol);
}

function newHead(settings, podName) {
  return {
    started_ms: 0, // with the first stride
    utc_offset_min: -new Date().getTimezoneOffset(),
    finished: false,
    pod: podName,
    device: "",
    settings: recordedSettings(settings, podName),
    duration_s: 0,
    stationary_s: 0,
    baseline_spm: null,
    target_spm: null,
    distance_m: null,
    cadence_spm: null,
    losses: newLosses(),
    protocol: "", // the kind of pod
    strides: 0,
    running_s: 0,
  };
}
