// Wires the page: screens, settings, the runs kept, and the run under way.

import { downloadRun } from "./export/download.js";
import { support } from "./link/bluetooth.js";
import { CutOff } from "./run/cut_off.js";
import { fetchCore, PhoneRun } from "./run/phone_run.js";
import { keepSettings, loadSettings } from "./run/settings.js";
import { createAfterScreen } from "./screens/after.js";
import { createConnectScreen } from "./screens/connect.js";
import { go, goInstead, onRoute, route } from "./screens/navigation.js";
import { createRunScreen } from "./screens/run.js";
import { createRunsScreen } from "./screens/runs.js";
import { createSettingsScreen } from "./screens/settings.js";
import { speak } from "./screens/speak.js";
import { Player } from "./sound/player.js";
import { openDatabase } from "./store/database.js";
import { cueWords } from "./words.js";

const VIEW_EVERY_MS = 250;
const CHOOSER_CLOSED = "NotFoundError";

class App {
  #settings = loadSettings();
  #t; #formats; #screens; #phoneRun; #cutOff;
  #opening = openDatabase();
  #player = new Player({ words: (cue) => cueWords(this.#t, cue), onProblem: (key) => this.#tell(key, "sound") });
  #problems = {}; // keys of texts, by what has them: the page, the store or the sound
  #busy = false;
  #opened = null; // the kept run on the screen: its head and results

  async start() {
    this.#makeScreens();
    onRoute((name, id) => this.#do(() => this.#show(name, id)));
    await this.#do(async () => {
      const database = await this.#opening;
      this.#cutOff = new CutOff(database);
      await this.#do(() => this.#cutOff.look());
      const onProblem = (key) => this.#tell(key, "store");
      this.#phoneRun = new PhoneRun({ database, player: this.#player, onProblem });
      this.#showConnect();
      setInterval(() => this.#showRun(), VIEW_EVERY_MS);
      document.addEventListener("visibilitychange", () => this.#lookAgain());
      await fetchCore();
      performance.mark("ready-to-connect");
      await this.#cutOff.endOthers();
    });
  }

  // What a tap or an address asks for. Where it fails the screen says why.
  async #do(act) {
    try {
      await act();
    } catch (error) {
      this.#tell(problemOf(error));
    }
  }

  // The same, for what must not be asked for twice at a time.
  async #doAlone(act) {
    if (this.#busy) return;
    this.#busy = true;
    this.#tell(null);
    await this.#do(act);
    this.#busy = false;
    this.#showConnect();
    this.#showRun();
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
        onConnect: () => this.#doAlone(() => this.#begin(null)),
        onContinue: () => this.#doAlone(() => this.#begin(this.#cutOff.head)),
        onFinish: () => this.#doAlone(() => this.#endCutOff()),
      }),
      run: createRunScreen(at("run"), {
        ...shared,
        onStop: () => this.#doAlone(() => this.#end()),
        onMute: () => this.#player.mute(!this.#player.muted),
      }),
      after: createAfterScreen(at("after"), {
        ...shared,
        onExport: (kind) => this.#doAlone(() => this.#export(kind)),
        onDelete: () => this.#doAlone(() => this.#delete()),
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
    if (name === "connect" && this.#session) return goInstead("run");
    if (name === "run" && !this.#session) return goInstead("connect");
    if (name === "after") return this.#open(id);
    if (name === "runs") this.#screens.runs.show({ heads: await this.#heads() });
    if (name === "settings") this.#screens.settings.show(this.#settings);
    if (name === "connect") await this.#lookAgain();
    if (name === "run") this.#showRun();
  }

  // Another page may have left a run, or taken it.
  async #lookAgain() {
    const idle = this.#phoneRun && !this.#session && !this.#busy;
    if (idle && document.visibilityState === "visible" && route().name === "connect") {
      if (this.#problems.page === "problem.elsewhere") this.#problems.page = null;
      await this.#do(() => this.#cutOff.look());
    }
    this.#showConnect();
  }

  #showConnect() {
    this.#screens.connect.show({
      support: support(),
      starting: !this.#phoneRun,
      busy: this.#busy,
      problem: this.#problem,
      cutOff: this.#cutOff?.head ?? null,
    });
  }

  #showRun() {
    if (!this.#session || route().name !== "run") return;
    this.#screens.run.show(this.#session.view(), { canControl: true, busy: this.#busy, problem: this.#problem });
  }

  // In words; empty where there is none.
  get #problem() {
    return Object.values(this.#problems).filter(Boolean).map((key) => this.#t(key)).join(" ");
  }

  #tell(problem, of = "page") {
    this.#problems[of] = problem;
    this.#showConnect();
    this.#showRun();
    this.#screens.after.tell(this.#problem);
  }

  async #begin(cutOff) {
    this.#problems = {};
    try {
      await this.#phoneRun.begin(this.#settings, cutOff);
    } catch (error) {
      if (error.name === CHOOSER_CLOSED) return;
      throw error;
    }
    if (cutOff) this.#cutOff.head = null;
    else this.#cutOff.leave();
    this.#cutOff.endOthers(); // the run under way does not wait for it
    go("run");
  }

  async #end() {
    const { core } = this.#session;
    const head = await this.#phoneRun.end();
    this.#problems = {};
    // The runner's own cadence is measured once: measured anew in each run it would climb with the target.
    if (!this.#settings.baseline_spm && core.baseline_spm) {
      this.#change({ baseline_spm: core.baseline_spm, baseline_speed_m_s: core.baseline_speed_m_s });
    }
    if (head) return go("after", head.id);
    go("connect");
    return this.#tell("problem.no-strides");
  }

  async #heads() {
    return (await (await this.#opening).heads()).filter((head) => head.finished);
  }

  async #endCutOff() {
    const head = await this.#cutOff.end();
    if (head) go("after", head.id);
  }

  async #open(id) {
    const database = await this.#opening;
    const head = await database.head(Number(id) || 0); // no run has that number
    const results = head && (await database.results(head.id));
    if (!results) return goInstead("runs");
    this.#opened = { head, results };
    return this.#screens.after.show({ head, results });
  }

  async #export(kind) {
    const database = await this.#opening;
    await downloadRun(kind, { ...this.#opened, messages: () => database.messages(this.#opened.head.id) });
  }

  async #delete() {
    await (await this.#opening).remove(this.#opened.head.id);
    goInstead("runs");
  }

  #change(changed) {
    this.#settings = { ...this.#settings, ...changed };
    keepSettings(this.#settings);
    this.#speak();
    if (route().name === "settings") this.#screens.settings.show(this.#settings);
  }
}

function problemOf(error) {
  if (error.name === "QuotaExceededError") return "problem.not-kept";
  return error.message.startsWith("problem.") ? error.message : "problem.failed";
}

// A run on a laptop, watched. A page that was kept here for use offline may be older than the program of that run.
async function watchRun() {
  const keeper = await navigator.serviceWorker?.getRegistration();
  if (keeper) {
    await keeper.unregister();
    return location.reload();
  }
  const { watch } = await import("./watch.js");
  return watch();
}

if (new URLSearchParams(location.search).has("live")) {
  await watchRun();
} else {
  navigator.serviceWorker?.register("service-worker.js").catch(() => {}); // offline it is not kept, then
  await new App().start();
}
