export { shortest } from "../core/cadence_core.js";

// How far `to` lies ahead of `from`, both counted modulo 2^32.
export const ahead = (from, to) => (to - from) >>> 0;
