// Keeps the screen on while a run goes on. A browser drops the lock when the page is put away.

export class WakeLock {
  #wanted = false;
  #lock = null;

  constructor() {
    document.addEventListener("visibilitychange", () => this.#take());
  }

  hold() {
    this.#wanted = true;
    this.#take();
  }

  release() {
    this.#wanted = false;
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }

  async #take() {
    if (!this.#wanted || document.visibilityState !== "visible" || !navigator.wakeLock) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
    } catch {
      // A battery saver said no: the run goes on, and the pod and the store do not depend on the screen.
    }
  }
}
