// The runs in this browser's IndexedDB: heads, what the pods sent, and what came of it.

const NAME = "cadence-coach";
const VERSION = 1;
const RUNS = "runs"; // head, by id
const MESSAGES = "messages"; // { run, n, messages }: some seconds of a run each
const RESULTS = "results"; // { run, strides, cues, updates } of a run that is over

// Rejects with a key of the texts where the browser keeps nothing.
export async function openDatabase() {
  try {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(RUNS, { keyPath: "id", autoIncrement: true });
      request.result.createObjectStore(MESSAGES, { keyPath: ["run", "n"] });
      request.result.createObjectStore(RESULTS, { keyPath: "run" });
    };
    return new Database(await done(request));
  } catch (error) {
    throw new Error("problem.no-store", { cause: error });
  }
}

class Database {
  #database;

  constructor(database) {
    this.#database = database;
    // Another tab with a newer page must be able to change the database.
    database.onversionchange = () => database.close();
  }

  // The heads of all runs, newest first.
  async heads() {
    const heads = await done(this.#store(RUNS).getAll());
    return heads.sort((a, b) => b.started_ms - a.started_ms);
  }

  head(id) {
    return done(this.#store(RUNS).get(id));
  }

  async results(id) {
    return (await done(this.#store(RESULTS).get(id))) ?? null;
  }

  // All that the pod of a run sent, in order.
  async messages(id) {
    const chunks = await done(this.#store(MESSAGES).getAll(runRange(id)));
    return chunks.flatMap((chunk) => chunk.messages);
  }

  async chunks(id) {
    return done(this.#store(MESSAGES).count(runRange(id)));
  }

  // Keep a new run. Returns its id.
  begin(head) {
    return this.#write([RUNS], ([runs]) => runs.add(head));
  }

  // Keep some more of a run, and its head as it is now, both or neither.
  append(head, n, messages) {
    return this.#write([RUNS, MESSAGES], ([runs, kept]) => {
      runs.put(head);
      return kept.put({ run: head.id, n, messages });
    });
  }

  finish(head, { strides, cues, updates }) {
    return this.#write([RUNS, RESULTS], ([runs, results]) => {
      runs.put(head);
      return results.put({ run: head.id, strides, cues, updates });
    });
  }

  remove(id) {
    return this.#write([RUNS, MESSAGES, RESULTS], ([runs, messages, results]) => {
      messages.delete(runRange(id));
      results.delete(id);
      return runs.delete(id);
    });
  }

  #store(name) {
    return this.#database.transaction(name).objectStore(name);
  }

  async #write(names, act) {
    const transaction = this.#database.transaction(names, "readwrite");
    const request = act(names.map((name) => transaction.objectStore(name)));
    await new Promise((resolve, reject) => {
      transaction.oncomplete = resolve;
      transaction.onabort = () => reject(transaction.error);
    });
    return request.result;
  }
}

function runRange(id) {
  return IDBKeyRange.bound([id, 0], [id, Infinity]);
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
