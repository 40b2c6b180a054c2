// A pod over Web Bluetooth, kept through every loss of it for as long as the page lives. Messages, their order
// and the waits are those of `coach run` (firmware_bridge/links).

const BATTERY = "0000180f-0000-1000-8000-00805f9b34fb"; // a service that sensors have beside their own
const PATIENCE_MS = 10_000; // so long a pod is looked for that never answered
const CONNECT_WAIT_MS = 10_000; // one try; some browsers would wait for ever
const ANSWER_WAIT_MS = 6_000;
const GREET_AGAIN_MS = 1_000; // a silent pod may have started anew
const FIRST_RETRY_MS = 150;
const LONGEST_RETRY_MS = 1_000;
const FAREWELL_WAIT_MS = 1_000;
const UNDER_WAY_MS = 300; // what the pod sent before it took the farewell

// Whole µs since 1970, on a clock that never steps.
export function now() {
  return Math.round((performance.timeOrigin + performance.now()) * 1000);
}

export function support() {
  if (!isSecureContext) return "not-secure";
  return navigator.bluetooth ? "ok" : "no-bluetooth";
}

// From a tap: the user chooses among the pods nearby. Rejects with a NotFoundError where none is chosen.
export function choose(profiles) {
  const filters = profiles.map(({ service }) => ({ services: [service] }));
  return navigator.bluetooth.requestDevice({ filters, optionalServices: [BATTERY] });
}

export class BluetoothLink {
  #device; #profiles; #onMessage;
  #connection = null; #answered = false; #closing = false;
  #kept = null;
  #endPause = () => {};

  constructor(device, profiles, onMessage) {
    this.#device = device;
    this.#profiles = profiles;
    this.#onMessage = onMessage;
  }

  // Resolves when the pod has answered. Rejects with a key of the texts as message when it does not.
  open() {
    return new Promise((resolve, reject) => {
      this.#kept = this.#keepOpen(resolve).catch(reject);
    });
  }

  // Never rejects: what a lost pod did not take is told as the loss.
  async write(write) {
    await this.#connection?.write(write);
  }

  async close() {
    this.#closing = true;
    await this.#connection?.part();
    this.#connection?.lose();
    this.#endPause();
    await this.#kept;
    this.#onMessage(event("closed"));
  }

  async #keepOpen(opened) {
    const deadlineMs = performance.now() + PATIENCE_MS;
    let waitMs = FIRST_RETRY_MS;
    while (!this.#closing) {
      const connection = (this.#connection = new Connection(this.#device, this.#onMessage));
      try {
        await within(CONNECT_WAIT_MS, [connection.open(this.#profiles), connection.lost], "problem.out-of-reach");
        waitMs = FIRST_RETRY_MS;
        if (!this.#answered) await within(ANSWER_WAIT_MS, [connection.heard, connection.lost], "problem.no-answer");
        connection.heard.then(() => {
          this.#answered = true;
          opened();
        });
        await connection.lost;
        if (!this.#answered) throw new Error("problem.out-of-reach");
      } catch (problem) {
        const mayMend = problem.message === "problem.out-of-reach" && performance.now() < deadlineMs;
        if (!this.#answered && !mayMend) throw problem;
      } finally {
        connection.end();
        this.#connection = null;
      }
      if (this.#closing) return;
      if (connection.profile) this.#onMessage(event("lost", { detail: "the Bluetooth connection is gone" }));
      await this.#pause(waitMs);
      waitMs = Math.min(2 * waitMs, LONGEST_RETRY_MS);
    }
  }

  // Shorter when the page is looked at again: the timers of a hidden one are slow.
  #pause(waitMs) {
    return new Promise((resolve) => {
      const seen = () => document.visibilityState === "visible" && this.#endPause();
      const timer = setTimeout(() => this.#endPause(), waitMs);
      document.addEventListener("visibilitychange", seen);
      this.#endPause = () => {
        clearTimeout(timer);
        document.removeEventListener("visibilitychange", seen);
        resolve();
      };
    });
  }
}

// One connection. Once ended it tells nothing, whatever the browser still delivers.
class Connection {
  #device; #emit;
  #channels = new Map(); #queue = Promise.resolve();
  #listening = new AbortController();
  #early = []; #over = false; #silent = true; #stalled = false; #greeting = false;
  #lastMs = 0; #silenceCheck; #onHeard;
  profile = null; // known from the moment that it is connected

  constructor(device, emit) {
    this.#device = device;
    this.#emit = emit;
    this.lost = new Promise((resolve) => (this.lose = resolve));
    this.heard = new Promise((resolve) => (this.#onHeard = resolve));
    this.#on(device, "gattserverdisconnected", this.lose);
  }

  async open(profiles) {
    try {
      await this.#listen(profiles);
    } catch (error) {
      throw new Error(error.name === "NotFoundError" ? "problem.wrong-pod" : "problem.out-of-reach", { cause: error });
    }
  }

  // One at a time, as Web Bluetooth asks.
  write({ channel, data }) {
    const characteristic = this.#channels.get(channel);
    const how = characteristic?.properties.write ? "writeValueWithResponse" : "writeValueWithoutResponse";
    this.#queue = this.#queue.then(() => (this.#over ? null : characteristic?.[how](data))).catch(() => {});
    return this.#queue;
  }

  async part() {
    if (!this.profile) return;
    const farewells = this.profile.farewell().map((write) => this.write(write));
    await Promise.race([Promise.all(farewells), wait(FAREWELL_WAIT_MS)]);
    await wait(UNDER_WAY_MS);
  }

  end() {
    this.#over = true;
    this.#listening.abort();
    clearTimeout(this.#silenceCheck);
    this.#device.gatt.disconnect();
  }

  async #listen(profiles) {
    const server = await this.#device.gatt.connect();
    const services = await server.getPrimaryServices();
    const profile = profiles.find(({ service }) => services.some(({ uuid }) => uuid === service));
    for (const service of services) {
      for (const each of await service.getCharacteristics()) this.#channels.set(each.uuid, each);
    }
    for (const channel of profile.notify) {
      const characteristic = this.#channels.get(channel);
      if (!characteristic) continue;
      this.#on(characteristic, "characteristicvaluechanged", () => this.#receive(channel, characteristic.value));
      await characteristic.startNotifications();
    }
    if (!this.#over) this.#begin(profile);
  }

  #on(target, kind, listener) {
    target.addEventListener(kind, listener, { signal: this.#listening.signal });
  }

  #begin(profile) {
    this.profile = profile;
    const early = this.#early;
    this.#early = null;
    this.#lastMs = performance.now();
    this.#emit(event("connected", { pod: profile.name, detail: this.#device.name ?? "" }, early[0]?.tUs));
    for (const packet of early) this.#take(packet);
    this.#watchSilence();
    this.#greet();
  }

  #receive(channel, { buffer, byteOffset, byteLength }) {
    const packet = { tUs: now(), channel, data: new Uint8Array(buffer, byteOffset, byteLength) };
    if (this.#early) this.#early.push(packet);
    else this.#take(packet);
  }

  #take(packet) {
    this.#lastMs = performance.now();
    this.#silent = false;
    this.#onHeard();
    if (this.#stalled) {
      this.#stalled = false;
      this.#emit(event("resumed", {}, packet.tUs));
      this.#watchSilence();
    }
    this.#emit(packet);
  }

  // A packet touches no timer.
  #watchSilence() {
    const quietMs = performance.now() - this.#lastMs;
    const leftMs = this.profile.silenceS * 1000 - quietMs;
    if (leftMs > 0) {
      this.#silenceCheck = setTimeout(() => this.#watchSilence(), leftMs);
      return;
    }
    this.#silent = this.#stalled = true;
    this.#emit(event("stalled", { detail: `silent for ${(quietMs / 1000).toFixed(1)} s` }));
    this.#greet();
  }

  async #greet() {
    if (this.#greeting) return;
    this.#greeting = true;
    do {
      for (const write of this.profile.greeting()) await this.write(write);
      await wait(GREET_AGAIN_MS);
    } while (this.#silent && !this.#over);
    this.#greeting = false;
  }
}

function event(state, { pod = "", detail = "" } = {}, tUs = now()) {
  return { tUs, state, pod, detail, count: 0 };
}

function wait(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function within(ms, promises, problem) {
  const late = wait(ms).then(() => Promise.reject(new Error(problem)));
  return Promise.race([...promises, late]);
}
