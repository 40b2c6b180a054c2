// Numbers as people read them, in their language and units; null for what is not known.

const KM = 1000;
const MILE = 1609.344;
const FOOT = 0.3048;

// `locale`: a language tag, such as en-GB.
export function formats(t, locale, units) {
  const one = (digits) => new Intl.NumberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const two = one(2);
  const plain = new Intl.NumberFormat(locale);
  const imperial = units === "imperial";
  const way = imperial ? MILE : KM;
  const or = (value, say) => (value === null || value === undefined || !Number.isFinite(value) ? null : say(value));
  return {
    spm: (value) => or(value, (spm) => t("unit.spm", { value: Math.round(spm) })),
    whole: (value) => or(value, (number) => String(Math.round(number))),
    clock: (value) => or(value, clockOf),
    way: imperial ? "mi" : "km", // what distances are counted in
    ways: (value) => or(value, (m) => two.format(m / way)),
    distance: (value) => or(value, (m) => t(imperial ? "unit.mi" : "unit.km", { value: two.format(m / way) })),
    short: imperial ? "ft" : "m", // what lengths are counted in
    shorts: (m) => (imperial ? m / FOOT : m),
    length: (value) => or(value, (shorts) => t(imperial ? "unit.ft" : "unit.m", { value: two.format(shorts) })),
    plain: plain.format,
    // Min and s for a kilometre or mile; one who stands has none.
    pace: (value) => (value ? clockOf(way / value) : null),
    when: (ms) => new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" }).format(ms),
    day: (ms) => new Intl.DateTimeFormat(locale, { weekday: "short", day: "numeric", month: "long" }).format(ms),
    time: (ms) => new Intl.DateTimeFormat(locale, { timeStyle: "short" }).format(ms),
  };
}

function clockOf(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}
