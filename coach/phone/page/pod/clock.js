// A pod's ticks to the recording's time, 0 at the first sample, as firmware_bridge/clock.py places them. The
// host's clock decides only how often the counter wrapped in a silence, and for how long a pod was away that
// began anew. All here is whole µs, which a Number holds exactly.

import { ahead } from "./numbers.js";

const RESTART_GAP_US = 100_000; // at least this long a silence stands before a new clock
const TURN_US = 2 ** 32; // the pod's counter begins again

export class PodClock {
  #reorderingUs;
  #started = false;
  // The packet placed last: its tick and time. Newest of all: the last sample, the arrival.
  #tick = 0;
  #tUs = 0;
  #newestUs = 0;
  #newestHostUs = 0;

  running = false; // whether a packet was placed since the start or the last restart
  restarts = 0; // how often the clock began anew between two packets

  // A packet no farther than this before the end of the newest was overtaken, else the clock is new.
  constructor(reorderingUs) {
    this.#reorderingUs = reorderingUs;
  }

  // The next tick is one of a new clock.
  restart() {
    this.running = false;
  }

  // The time of a packet's first sample. `spanUs`: from it to the packet's last.
  place(tick, hostUs, spanUs) {
    const elapsedUs = this.#elapsedUs(hostUs);
    let tUs = this.#started ? this.#tUs + this.#stepUs(tick, elapsedUs) : 0;
    if (this.#started && (!this.running || tUs < this.#newestUs - this.#reorderingUs)) {
      tUs = this.#newestUs + Math.max(RESTART_GAP_US, elapsedUs - spanUs);
      this.restarts += 1;
    }
    this.#tick = tick;
    this.#tUs = tUs;
    this.#newestUs = Math.max(this.#newestUs, tUs + spanUs);
    this.#newestHostUs = Math.max(this.#newestHostUs, hostUs);
    this.#started = this.running = true;
    return tUs;
  }

  // How much more time has passed on the pod's clock than on the host's, from the packet placed last to one
  // that is about to be placed.
  gainsUs(tick, hostUs) {
    const elapsedUs = this.#elapsedUs(hostUs);
    return this.running ? this.#stepUs(tick, elapsedUs) - elapsedUs : 0;
  }

  // The time of a tick less than half a turn of the counter from the packet placed last.
  timeOf(tick) {
    return this.#tUs + ((tick - this.#tick) | 0);
  }

  #elapsedUs(hostUs) {
    return this.#started ? Math.max(0, hostUs - this.#newestHostUs) : 0;
  }

  // From the packet placed last: of all that the counter allows, what is nearest to the host's time.
  #stepUs(tick, elapsedUs) {
    const stepUs = ahead(this.#tick, tick);
    return stepUs + Math.floor((elapsedUs - stepUs) / TURN_US + 0.5) * TURN_US;
  }
}
