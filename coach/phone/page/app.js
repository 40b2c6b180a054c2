// Wires the page: screens, settings, the runs kept, and the run under way.

import { downloadRun } from "./export/download.js";
import { support } from "./link/bluetooth.js";
import { fetchCore, finishCutOff, PhoneRun } from "./run/phone_run.js";
import { keepSettings, loadSettings } from "./run/settings.js";
import { createAfterScreen } from "./screens/after.js";
import { createConnectScreen } from "./screens/connect.js";
import { go, onRoute, route } from "./screens/navigation.js";
import { createRunScreen } from "./screens/run.js";
import { createRunsScreen } from "./screens/runs.js";
import { createSettingsScreen } from "./screens/settings.js";
import { speak } from "./screens/speak.js";
import { Player } from "./sound/player.js";
import { openDatabase } from "./store/database.js";
import { cueWords } from "./words.js";

const VIEW_EVERY_MS = 250;
const TAKE_UP_WITHIN_MS = 30 * 60 * 1000; // whoever comes back later begins another run
const CHOOSER_CLOSED = "NotFoundError";

class App {
  #settings = loadSettings(localStorage);
  #t; #formats; #screens; #database; #phoneRun;
  #opening = openDatabase();
  #player = new Player({ words: (cue) => cueWords(this.#t, cue), onProblem: (key) => this.#tell(key) });
  #problem = null; // key of a text
  #busy = false;
  #cutOff = null; // head of a run that can be taken up
  #opened = null; // the kept run on the screen: its head and results

  async start() {
    this.#makeScreens();
    onRoute((name, id) => this.#show(name, id));
    try {
      this.#database = await this.#opening;
    } catch {
      return this.#tell("problem.no-store");
    }
    const onProblem = (key) => this.#tell(key);
    this.#phoneRun = new PhoneRun({ database: this.#database, player: this.#player, onProblem });
    setInterval(() => this.#showRun(), VIEW_EVERY_MS);
    await this.#findCutOff();
    await fetchCore();
    performance.mark("ready-to-connect");
  }

  get #session() {
    return this.#phoneRun?.session ?? null;
  }

  // They are made once; texts and numbers come in the language of the moment.
  #makeScreens() {
    const shared = { t: (...of) => this.#t(...of), formats: () => this.#formats };
    const at = (name) => document.querySelector(`[data-screen="${name}"]`);
    this.#speak();
    this.#screens = {
      connect: createConnectScreen(at("connect"), {
        ...shared,
        onConnect: () => this.#begin(null),
        onContinue: () => this.#begin(this.#cutOff),
        onFinish: () => this.#finishCutOff(this.#cutOff),
      }),
      run: createRunScreen(at("run"), {
        ...shared,
        onStop: () => this.#end(),
        onMute: () => this.#player.mute(!this.#player.muted),
      }),
      after: createAfterScreen(at("after"), {
        ...shared,
        onExport: (kind) => this.#export(kind),
        onDelete: () => this.#delete(),
      }),
      runs: createRunsScreen(at("runs"), shared),
      settings: createSettingsScreen(at("settings"), {
        ...shared,
        onChange: (changed) => this.#change(changed),
        onTry: () => this.#player.test(this.#settings),
      }),
    };
  }

  #speak() {
    const { language, units } = this.#settings;
    [this.#t, this.#formats] = speak(language, units);
  }

  async #show(name, id) {
    if (name === "connect" && this.#session) return go("run");
    if (name === "run" && !this.#session) return go("connect");
    if (name === "after") return this.#open(id);
    if (name === "runs") this.#screens.runs.show({ heads: await this.#heads() });
    if (name === "settings") this.#screens.settings.show(this.#settings);
    if (name === "connect") this.#showConnect();
    if (name === "run") this.#showRun();
  }

  #showConnect() {
    const { started_ms, duration_s } = this.#cutOff ?? {};
    this.#screens.connect.show({
      support: support(),
      busy: this.#busy,
      problem: this.#problem,
      cutOff: this.#cutOff ? { started_ms, duration_s } : null,
    });
  }

  #showRun() {
    if (!this.#session || route().name !== "run") return;
    this.#screens.run.show(this.#session.view(), { canControl: true, problem: this.#problem });
  }

  #tell(problem) {
    this.#problem = problem;
    this.#showConnect();
    this.#showRun();
  }

  async #begin(cutOff) {
    if (this.#busy || !this.#phoneRun) return;
    this.#busy = true;
    this.#tell(null);
    try {
      await this.#phoneRun.begin(this.#settings, cutOff);
      this.#cutOff = null;
      go("run");
    } catch (error) {
      this.#problem = error.name === CHOOSER_CLOSED ? null : problemOf(error);
    } finally {
      this.#busy = false;
      this.#showConnect();
    }
  }

  async #end() {
    const { core } = this.#session;
    const head = await this.#phoneRun.end();
    // The runner's own cadence is measured once: measured anew in each run it would climb with the target.
    if (!this.#settings.baseline_spm && core.baseline_spm) {
      this.#change({ baseline_spm: core.baseline_spm, baseline_speed_m_s: core.baseline_speed_m_s });
    }
    this.#tell(head ? null : "problem.no-strides");
    return head ? go("after", head.id) : go("connect");
  }

  async #heads() {
    return (await (await this.#opening).heads()).filter((head) => head.finished);
  }

  async #findCutOff() {
    for (const head of (await this.#database.heads()).filter(({ finished }) => !finished)) {
      const endedMs = head.started_ms + head.duration_s * 1000;
      if (!this.#cutOff && head.started_ms && Date.now() - endedMs < TAKE_UP_WITHIN_MS) this.#cutOff = head;
      else await finishCutOff(this.#database, head);
    }
    this.#showConnect();
  }

  async #finishCutOff(head) {
    this.#cutOff = null;
    const finished = await finishCutOff(this.#database, head);
    this.#showConnect();
    if (finished) go("after", finished.id);
  }

  async #open(id) {
    const database = await this.#opening;
    const head = await database.head(Number(id));
    const results = head && (await database.results(head.id));
    if (!results) return go("runs");
    this.#opened = { head, results };
    return this.#screens.after.show({ head, results });
  }

  #export(kind) {
    const { head } = this.#opened;
    return downloadRun(kind, { ...this.#opened, messages: () => this.#database.messages(head.id) });
  }

  async #delete() {
    await this.#database.remove(this.#opened.head.id);
    go("runs");
  }

  #change(changed) {
    this.#settings = { ...this.#settings, ...changed };
    keepSettings(localStorage, this.#settings);
    this.#speak();
    if (route().name === "settings") this.#screens.settings.show(this.#settings);
  }
}

function problemOf(error) {
  return error.message.startsWith("problem.") ? error.message : "problem.no-answer";
}

// A run on a laptop, watched; else a run of this phone.
if (new URLSearchParams(location.search).has("live")) {
  const { watch } = await import("./run/watched_run.js");
  watch();
} else {
  navigator.serviceWorker?.register("service-worker.js");
  await new App().start();
}
