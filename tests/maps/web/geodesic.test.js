// Lengths and areas against GeographicLib 2.1 (C. Karney), whose answers are exact to nanometres.

import assert from "node:assert/strict";
import { test } from "node:test";
import { area, length, metres } from "../../../pkzone/maps/web/scripts/data/geodesic.js";

/** @type {[[number, number], [number, number], number][]} */
const LINES = [
  [[39.6, 46.5], [39.8, 46.9], 40866.00472315959],
  [[0, 0], [0, 1], 111319.49079327357],
  [[0, 0], [1, 0], 110574.38855779878],
  [[40, 46], [40, 46.01], 853.9385691381926],
  [[-33.9, 151.2], [51.5, -0.1], 16990083.880121898],
];

/** @type {(value: number, expected: number, share: number) => void} */
const near = (value, expected, share) => assert.ok(Math.abs(value - expected) <= share * expected, `${value} is not near ${expected}`);

test("the length of a geodesic, to a tenth of a millimetre in each 100 km", () => {
  for (const [from, to, expected] of LINES) near(metres(from, to), expected, 1e-9);
});

test("a line has no direction, and a point no length", () => {
  for (const [from, to] of LINES) assert.ok(Math.abs(metres(from, to) - metres(to, from)) < 1e-6);
  assert.equal(metres([39.6, 46.5], [39.6, 46.5]), 0);
});

test("the other side of the date line is near", () => {
  near(metres([0, 179.5], [0, -179.5]), 111319.49079327357, 1e-9);
});

test("places opposite on the globe have a length all the same", () => {
  const half = 20003931.4586; // from pole to pole
  near(metres([0.5, 0], [-0.5, 179.7]), half, 0.01);
});

test("a path of short steps", () => {
  near(length([40, 46, 40, 46.01]), 853.9385691381926, 3e-7);
  assert.equal(length([40, 46]), 0);
  assert.equal(length([]), 0);
});

const SQUARE = [39, 46, 39, 46.04, 39.04, 46.04, 39.04, 46, 39, 46];
const HOLE = [39.01, 46.01, 39.02, 46.01, 39.02, 46.02, 39.01, 46.02, 39.01, 46.01];

test("an area, its rings in either direction, and a hole in it", () => {
  near(area([SQUARE]), 15382714.780544281, 3e-7);
  near(area([HOLE]), 961486.5827770233, 3e-7);
  near(area([SQUARE, HOLE]), 15382714.780544281 - 961486.5827770233, 3e-7);
  assert.equal(area([HOLE, SQUARE]), 0);
});
