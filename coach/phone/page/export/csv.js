// Strides as a table for spreadsheets, as coach/stride_files.py writes it: what is not known is left empty.

const COLUMNS = [
  "t_toe_off_s", "t_contact_s", "t_mid_stance_s", "stride_time_s", "cadence_spm", "contact_time_s",
  "stride_length_m", "speed_m_s", "climb_m", "grade_percent", "flight_time_s", "strike_angle_deg", "impact_g",
  "clipped", "activity", "side", "signal",
];

export function csvOf(strides) {
  const rows = strides.map((stride) => COLUMNS.map((name) => textOf(stride[name])));
  return [COLUMNS, ...rows].map((row) => `${row.join()}\n`).join("");
}

function textOf(value) {
  if (typeof value === "boolean") return value ? "True" : "False"; // as Python has them
  return String(value ?? "");
}
