// Keeps a run while it goes on: every few seconds what came since, and at once when the page is put away.
// What cannot be written waits in memory and is tried again.

const NOT_KEPT = "problem.not-kept";
const FLUSH_MS = 3000; // at most so much is missing when the page is killed

export class Recorder {
  #database; #head; #onProblem;
  #n; #waiting = []; #flushing = Promise.resolve(); #timer; #failed = false;

  // `chunks`: how many of the run are kept already. `onProblem` is told once when nothing can be kept,
  // and null when it can again.
  constructor(database, head, chunks, onProblem) {
    this.#database = database;
    this.#head = head;
    this.#n = chunks;
    this.#onProblem = onProblem;
    this.#timer = setInterval(() => this.flush(), FLUSH_MS);
    document.addEventListener("visibilitychange", this.#putAway);
    addEventListener("pagehide", this.#putAway);
  }

  get head() {
    return this.#head;
  }

  write(message) {
    this.#waiting.push(message);
  }

  note(facts) {
    Object.assign(this.#head, facts);
  }

  flush() {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  // The run is over: keep what came of it. Rejects where it cannot be kept; it can be tried again.
  async finish(results) {
    this.#stop();
    await this.flush();
    if (this.#waiting.length) throw new Error(NOT_KEPT);
    await this.#database.finish({ ...this.#head, finished: true }, results);
    this.#head.finished = true;
  }

  // The run is not over and can be taken up.
  leave() {
    this.#stop();
    return this.flush();
  }

  // Nothing came of the run: it leaves no trace.
  async forget() {
    this.#stop();
    await this.#flushing;
    await this.#database.remove(this.#head.id);
  }

  #stop() {
    clearInterval(this.#timer);
    document.removeEventListener("visibilitychange", this.#putAway);
    removeEventListener("pagehide", this.#putAway);
  }

  #putAway = () => {
    if (document.visibilityState === "hidden") this.flush();
  };

  async #flush() {
    const count = this.#waiting.length;
    if (!count) return;
    try {
      await this.#database.append(this.#head, this.#n, this.#waiting.slice(0, count));
    } catch {
      if (!this.#failed) this.#onProblem(NOT_KEPT);
      this.#failed = true;
      return;
    }
    this.#n += 1;
    this.#waiting.splice(0, count);
    if (this.#failed) this.#onProblem(null);
    this.#failed = false;
  }
}
