// The series of the page: what is measured of a layer, from version to version, and what sources count.

import { payload } from "./store.js";
import { byName } from "./layers.js";

/**
 * The points of a layer hold until the next one; one of no length is never in force.
 * @param {any} raw
 * @returns {Point[]}
 */
const measured = ({ layer, values, schematic = [] }) => byName.get(layer).versions.flatMap(({ from, to, title }, index) => (
  values[index] === null || from === to ? [] : [{ from, to, value: values[index], schematic: schematic[index] ?? 0, title }]));

/**
 * @param {any} raw
 * @returns {Point[]}
 */
const counted = ({ points }) => points.map((/** @type {any[]} */ [from, value, precision, who, sources]) => ({ from, value, precision, who, sources }));

/**
 * All series, those of layers first.
 * @type {Series[]}
 */
export const all = payload.charts.map((raw) => ({
  ...raw,
  key: raw.layer ? `${raw.layer}/${raw.measure}` : `figures/${raw.subject}/${raw.unit}`,
  points: raw.layer ? measured(raw) : counted(raw),
}));

/**
 * What a series says on a day: of a layer the state in force, of counts all those of the last day with one.
 * @param {Series} series
 * @param {string} day
 */
export function pointsOn({ layer, points }, day) {
  if (layer) return points.filter(({ from, to }) => from <= day && (!to || day < to));
  const before = points.filter(({ from }) => from <= day);
  return before.filter(({ from }) => from === before[before.length - 1].from);
}

/** The height of a chart, and what is left free above its highest value. */
export const HEIGHT = 56;
const FREE = 6;

/** @param {Series} series */
export const highest = ({ points }) => Math.max(...points.map(({ value }) => value));

/**
 * How a series is drawn on an axis that begins with 0, as paths in a box of 1000 by `HEIGHT`. A state is a
 * line until the next, dashed where it is schematic, over the ground that is not. A count is a dot alone, for
 * between counts nothing is known: hollow where it is about so much, with a stem where it is more than that.
 * @param {Series} series
 * @param {(day: string) => number} shareOf  where a day stands on the axis, from 0 to 1
 */
export function pathsOf(series, shareOf) {
  const top = highest(series) || 1;
  /** @param {string} day */
  const x = (day) => Number((1000 * shareOf(day)).toFixed(1));
  /** @param {number} value */
  const y = (value) => Number((HEIGHT - (HEIGHT - FREE) * value / top).toFixed(1));
  const paths = { ground: "", line: "", dashed: "", dots: "", hollow: "", stems: "" };
  let before = 0;
  for (const { from, to, value, schematic = 0, precision } of series.points) {
    const [left, height] = [x(from), y(value)];
    const dot = `M${left},${height}h0`;
    if (series.layer) {
      const right = to ? x(to) : 1000;
      paths[schematic ? "dashed" : "line"] += `M${left},${before || height}V${height}H${right}`;
      paths.ground += `M${left},${HEIGHT}V${y(value - schematic)}H${right}V${HEIGHT}`;
      before = height;
    } else {
      paths.dots += dot;
      if (precision === "about") paths.hollow += dot;
      if (precision === "more_than") paths.stems += `M${left},${height}v-12`;
    }
  }
  return { ...paths, x, y };
}
