// What the series under the slider say on a day, and how they are drawn.

import "./payload.js";

import assert from "node:assert/strict";
import { test } from "node:test";

const { all, HEIGHT, highest, pathsOf, pointsOn } = await import("../../../pkzone/maps/web/scripts/data/series.js");
const [lengths, posts] = all;
const START = Date.parse("2020-11-10"), END = Date.parse("2022-09-01");
const shareOf = (/** @type {string} */ day) => (Date.parse(day) - START) / (END - START);
/** @type {(series: Series, day: string) => number[]} */
const valuesOn = (series, day) => pointsOn(series, day).map(({ value }) => value);

test("each series has a key of its own", () => {
  assert.deepEqual(all.map(({ key }) => key), ["roads/length_drawn_in_use_km", "figures/posts/posts"]);
});

test("a measure holds from its version to the next, and of the newest on", () => {
  assert.deepEqual(valuesOn(lengths, "2021-04-30"), [0]);
  assert.deepEqual(valuesOn(lengths, "2021-05-01"), [20]);
  assert.deepEqual(valuesOn(lengths, "2030-01-01"), [20]);
  assert.deepEqual(valuesOn(lengths, "2020-11-09"), []);
  assert.equal(pointsOn(lengths, "2021-05-01")[0].title, "Second");
});

test("a count is that of the last day with one, or those of several who counted", () => {
  assert.deepEqual(valuesOn(posts, "2020-11-11"), []);
  assert.deepEqual(valuesOn(posts, "2020-12-31"), [10]);
  assert.deepEqual(valuesOn(posts, "2022-08-31"), [30, 40]);
});

test("states are steps over the ground that is not schematic", () => {
  const { line, dashed, ground, dots } = pathsOf(lengths, shareOf);
  const middle = Number((1000 * shareOf("2021-05-01")).toFixed(1));
  assert.equal(line, `M0,${HEIGHT}V${HEIGHT}H${middle}`);
  assert.equal(dashed, `M${middle},${HEIGHT}V6H1000`);
  // A quarter of the height under the top is schematic.
  assert.equal(ground, `M0,${HEIGHT}V${HEIGHT}H${middle}V${HEIGHT}M${middle},${HEIGHT}V18.5H1000V${HEIGHT}`);
  assert.equal(dots, "");
});

test("counts are dots that nothing joins, marked where they are no exact number", () => {
  const { line, ground, dots, hollow, stems, y } = pathsOf(posts, shareOf);
  assert.equal(highest(posts), 40);
  assert.equal(dots.match(/M/g)?.length, 3);
  assert.equal(hollow, `M${pathsOf(posts, shareOf).x("2021-01-01")},${y(30)}h0`);
  assert.match(stems, /v-12$/);
  assert.deepEqual([line, ground], ["", ""]);
});

test("the axis begins with nothing, and a series of nothing lies on it", () => {
  const { y } = pathsOf({ ...posts, points: [{ from: "2021-01-01", value: 0 }] }, shareOf);
  assert.equal(y(0), HEIGHT);
});
