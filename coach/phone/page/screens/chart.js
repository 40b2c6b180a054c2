// A quantity over a run as a line that is open where nothing is known, with its target and the cues given.

const NS = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [340, 160, 40, 22, 14];
const POINTS = 160; // more than the eye tells apart at this width
const LONGEST_GAP_S = 6; // longer without a stride: the line is open
const LEAST_SPAN = 0.02; // less change than that share is none to look at
const ENDS_S = 120; // of the run's first and last minutes, told in words

// `points`: [t_s, value] in the order of time. Returns an <svg>; null where there is nothing to draw.
export function chartOf(points, { duration_s, title, say, clock, plain, target = null, cues = [], alt }) {
  if (points.length < 2) return null;
  const line = averaged(points, Math.max(duration_s / POINTS, 5));
  const values = line.filter(Boolean).map(([, value]) => value);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const grid = gridOf(Math.min(least, target ?? least), Math.max(most, target ?? most));
  const [low, high] = [grid[0], grid.at(-1)];
  const x = (t_s) => LEFT + ((WIDTH - LEFT - 6) * t_s) / duration_s;
  const y = (value) => TOP + ((HEIGHT - TOP - BOTTOM) * (high - value)) / (high - low);
  const svg = drawn("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  svg.ariaLabel = alt({ title, first: say(ofEnd(points, 0, ENDS_S)), least: say(least), most: say(most),
    last: say(ofEnd(points, duration_s - ENDS_S, Infinity)) });
  for (const value of grid) {
    svg.append(drawn("line", { class: "grid", x1: LEFT, x2: WIDTH - 6, y1: y(value), y2: y(value) }));
    svg.append(label(LEFT - 5, y(value) + 4, plain(value), "end"));
  }
  for (const share of [0, 0.5, 1]) {
    const anchor = ["start", "middle", "end"][share * 2];
    svg.append(label(x(share * duration_s), HEIGHT - 4, clock(share * duration_s), anchor));
  }
  if (target !== null) {
    svg.append(drawn("line", { class: "target", x1: LEFT, x2: WIDTH - 6, y1: y(target), y2: y(target) }));
  }
  for (const { t_s } of cues) {
    svg.append(drawn("path", { class: "cue", d: `M${x(t_s).toFixed(1)} ${TOP - 2}l-5 -9h10z` }));
  }
  svg.append(drawn("path", { class: "curve", d: pathOf(line, x, y) }));
  return svg;
}

// The mean of every `every_s`, and null for a gap.
function averaged(points, every_s) {
  const line = [];
  let [sum, count, sumT, end, last] = [0, 0, 0, -Infinity, -Infinity];
  const close = () => {
    if (count) line.push([sumT / count, sum / count]);
    [sum, count, sumT] = [0, 0, 0];
  };
  for (const [t_s, value] of points) {
    const isGap = t_s - last > LONGEST_GAP_S;
    if (isGap || t_s >= end) {
      close();
      end = t_s + every_s;
    }
    if (isGap && line.length) line.push(null);
    [sum, count, sumT, last] = [sum + value, count + 1, sumT + t_s, t_s];
  }
  close();
  return line;
}

function pathOf(line, x, y) {
  let pen = "M";
  return line.map((point) => {
    if (!point) {
      pen = "M";
      return "";
    }
    const part = `${pen}${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`;
    pen = "L";
    return part;
  }).join("");
}

function ofEnd(points, from_s, to_s) {
  const values = points.filter(([t_s]) => t_s >= from_s && t_s <= to_s).map(([, value]) => value);
  return values.length ? values.reduce((sum, value) => sum + value, 0) / values.length : null;
}

// Round numbers, about four steps from the least to the most.
function gridOf(least, most) {
  const room = (Math.max(most - least, most * LEAST_SPAN) || 1) / 4;
  const decimals = -Math.floor(Math.log10(room));
  const step = [1, 2, 5, 10].find((n) => n * 10 ** -decimals >= room) * 10 ** -decimals;
  const [first, last] = [Math.floor(least / step), Math.ceil(most / step)];
  const count = Math.max(2, last - first + 1);
  return Array.from({ length: count }, (_, index) => Number(((first + index) * step).toFixed(Math.max(0, decimals))));
}

function label(x, y, text, anchor) {
  const element = drawn("text", { x, y, "text-anchor": anchor });
  element.textContent = text;
  return element;
}

function drawn(tag, attributes) {
  const element = document.createElementNS(NS, tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}
