// What a link lost; firmware_bridge.readings.Losses says what each means.

export function newLosses() {
  return {
    packets: 0, bad_packets: {}, duplicates: 0, late: 0, lost_frames: 0, lost_samples: 0, unplaced: 0,
    restarts: 0, clock_faults: 0, disconnects: 0, stalls: 0, overflow_packets: 0,
  };
}

export function countBad(losses, reason) {
  losses.bad_packets[reason] = (losses.bad_packets[reason] ?? 0) + 1;
}

export function countEvent(losses, { state, count }) {
  if (state === "lost") losses.disconnects += 1;
  if (state === "stalled") losses.stalls += 1;
  if (state === "overflow") losses.overflow_packets += count;
}
