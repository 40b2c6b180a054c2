// What lets the page live in a pocket: an <audio> element that plays a hum nobody hears. With it come a media
// notification and the button of the earbuds.

const RATE_HZ = 8000;
const HUM_S = 10; // a media notification takes more than 5
const HUM_HZ = 30; // whole periods: the loop has no seam
const HUM_PEAK = 32; // of 32768, -63 dBFS: silence for ears at 30 Hz, but for Chromium only below -72 dBFS

export class KeepAlive {
  #onMute;
  #address = null; // of the hum
  #audio = null;
  #muted = false;

  // `onMute(muted)` is called when the runner presses the button.
  constructor(onMute) {
    this.#onMute = onMute;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.play();
    });
  }

  // From a tap.
  start() {
    this.#address ??= URL.createObjectURL(hum());
    this.#audio = new Audio(this.#address);
    this.#audio.loop = true;
    this.play();
    // The hum goes on while the coach is mute, for the page's sake: browsers see something playing, and tell
    // either press as "pause".
    this.#handle({
      play: () => this.#onMute(false),
      pause: () => this.#onMute(!this.#muted),
      stop: () => this.#onMute(true),
    });
    this.muted = false;
  }

  set muted(muted) {
    this.#muted = muted;
    const session = navigator.mediaSession;
    if (this.#audio && session) session.playbackState = muted ? "paused" : "playing";
  }

  // Also after a call or another app's sound, but never by a timer, which would take the sound from them.
  play() {
    this.#audio?.play().catch(() => {}); // ticks are heard without it, as long as the page is seen
  }

  stop() {
    if (!this.#audio) return;
    this.#audio.pause();
    this.#audio = null;
    this.#handle({ play: null, pause: null, stop: null });
  }

  #handle(actions) {
    const session = navigator.mediaSession;
    if (!session) return;
    session.metadata = this.#audio && new MediaMetadata({ title: "Cadence Coach" });
    session.playbackState = "none";
    for (const [action, handler] of Object.entries(actions)) session.setActionHandler(action, handler);
  }
}

// A WAV file, 16 bit, mono.
function hum() {
  const wave = Int16Array.from({ length: RATE_HZ * HUM_S }, (_, frame) => {
    return Math.round(HUM_PEAK * Math.sin((2 * Math.PI * HUM_HZ * frame) / RATE_HZ));
  });
  const size = wave.byteLength;
  const format = ["fmt ", 16, 0x10001, RATE_HZ, 2 * RATE_HZ, 0x100002];
  const header = ["RIFF", 36 + size, "WAVE", ...format, "data", size];
  const words = header.map((word) => (typeof word === "string" ? word : Uint32Array.of(word)));
  return new Blob([...words, wave], { type: "audio/wav" });
}
