// Runs that were cut off: the newest of the last half hour can be taken up again, the others are over.

import { finishCutOff } from "./phone_run.js";
import { takeTurn } from "./turn.js";

const TAKE_UP_WITHIN_MS = 30 * 60 * 1000; // whoever comes back later begins another run

export class CutOff {
  #database;
  #over = []; // heads of the others
  head = null; // of the run that can be taken up

  constructor(database) {
    this.#database = database;
  }

  // Look for them; not while a run is under way. Rejects with a key of the texts where another page has one.
  async look() {
    const heads = (await this.#database.heads()).filter(({ finished }) => !finished);
    if (heads.length) await this.#inTurn(() => {});
    const takesUp = ({ started_ms, duration_s }) => (
      started_ms && Date.now() - started_ms - duration_s * 1000 < TAKE_UP_WITHIN_MS);
    this.head = heads.find(takesUp) ?? null;
    this.#over = heads.filter((head) => head !== this.head);
  }

  // Another run was begun instead.
  leave() {
    if (this.head) this.#over.push(this.head);
    this.head = null;
  }

  // Finish it as it is. Returns its head; null where nothing came of it.
  end() {
    const { head } = this;
    this.head = null;
    return this.#inTurn(() => this.#end(head));
  }

  // Finish the others. One that cannot be, now, is left for another day.
  async endOthers() {
    const heads = this.#over.splice(0);
    if (heads.length) await this.#inTurn(() => Promise.allSettled(heads.map((head) => this.#end(head)))).catch(() => {});
  }

  // Unless another page did.
  async #end({ id }) {
    const head = await this.#database.head(id);
    return head && !head.finished ? finishCutOff(this.#database, head) : head;
  }

  async #inTurn(act) {
    const giveBack = await takeTurn();
    try {
      return await act();
    } finally {
      giveBack();
    }
  }
}
