// Spoken words, by the phone's own voice and in the page's language. Where it has none, nothing is said.

export class Voice {
  #onFailure;
  #utterance = null; // kept: a browser may forget one that nobody holds, and its events with it
  #timers = [];

  constructor(onFailure) {
    this.#onFailure = onFailure;
  }

  // Say words in `afterS`, if they begin within `withinS`.
  say(words, afterS, withinS) {
    this.hush();
    if (!words || !globalThis.speechSynthesis) return;
    const lastMs = performance.now() + 1000 * withinS;
    const utterance = new SpeechSynthesisUtterance(words);
    utterance.lang = document.documentElement.lang;
    utterance.onstart = () => clearTimeout(this.#timers[1]);
    utterance.onerror = ({ error }) => {
      if (error !== "interrupted" && error !== "canceled") this.#onFailure();
    };
    const begin = () => {
      if (performance.now() <= lastMs) speechSynthesis.speak(utterance);
    };
    this.#utterance = utterance;
    this.#timers = [setTimeout(begin, 1000 * afterS), setTimeout(() => this.hush(), 1000 * withinS)];
  }

  // Cut what is being said or about to be.
  hush() {
    this.#timers.forEach(clearTimeout);
    if (!this.#utterance) return;
    this.#utterance = null;
    globalThis.speechSynthesis.cancel();
  }
}
