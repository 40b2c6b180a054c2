// A run as a table for spreadsheets: its strides, as coach/stride_files.py writes them; or what a sensor of
// ready-made cadence told, second by second. What is not known is left empty.

const OF_STRIDES = [
  "t_toe_off_s", "t_contact_s", "t_mid_stance_s", "stride_time_s", "cadence_spm", "contact_time_s",
  "stride_length_m", "speed_m_s", "climb_m", "grade_percent", "flight_time_s", "strike_angle_deg", "impact_g",
  "clipped", "activity", "side", "signal",
];
const OF_UPDATES = ["t_s", "cadence_spm", "speed_m_s", "stride_length_m", "activity"];

export function csvOf({ strides, updates }) {
  return strides.length || !updates.length ? tableOf(strides, OF_STRIDES) : tableOf(updates, OF_UPDATES);
}

function tableOf(rows, columns) {
  const lines = rows.map((row) => columns.map((name) => textOf(row[name])));
  return [columns, ...lines].map((line) => `${line.join()}\n`).join("");
}

function textOf(value) {
  if (typeof value === "boolean") return value ? "True" : "False"; // as Python has them
  return String(value ?? "");
}
