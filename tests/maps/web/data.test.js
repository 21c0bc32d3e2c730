// Layers, versions and geometries as the page reads them from its data.

import { packed, stored } from "./payload.js";

import assert from "node:assert/strict";
import { test } from "node:test";

const { geometryOf, own, readPairs, swap } = await import("../../../pkzone/maps/web/scripts/data/store.js");
const layers = await import("../../../pkzone/maps/web/scripts/data/layers.js");
const roads = layers.byName.get("roads");

test("pairs of numbers, of either sign, one axis after the other", () => {
  /** @type {[number, number][]} */
  const pairs = [[39, -46], [0, 7], [-2147483, 2147483]];
  assert.deepEqual([...readPairs(stored(pairs))], pairs.flat());
  assert.equal(packed("").text, 0);
});

test("a line of several runs, latitude before longitude", () => {
  const { kind, paths, positions, extent } = geometryOf(1);
  assert.equal(kind, "line");
  assert.deepEqual(paths?.map((path) => Array.from(path)), [[39, 46, 39, 46.1, 39.1, -46.1]]);
  assert.deepEqual(positions, [[39, 46], [39, 46.1], [39.1, -46.1]]);
  assert.deepEqual(extent, { count: 3, box: [39, -46.1, 39.1, 46.1] });
});

test("a geometry that no run can hold, and none", () => {
  assert.deepEqual(geometryOf(2).positions, [[39.5, 46.5]]);
  assert.deepEqual(geometryOf(2).extent, { count: 1, box: [39.5, 46.5, 39.5, 46.5] });
  assert.equal(geometryOf(null).kind, "none");
  assert.deepEqual(swap([[1, 2], [3, 4]]), [[2, 1], [4, 3]]);
});

test("keys from data find members of the object's own", () => {
  assert.equal(own({ a: 1 }, "a"), 1);
  assert.equal(own({}, "constructor"), undefined);
});

test("a version holds from its first day to the day before the next", () => {
  const idOn = (/** @type {string} */ day) => layers.versionOn(roads, day)?.id;
  assert.deepEqual(["2020-11-09", "2020-11-10", "2021-04-30", "2021-05-01", "2030-01-01"].map(idOn), [undefined, "2020-11-10", "2020-11-10", "2021-05-01", "2021-05-01"]);
});

test("the slider's stop of a day", () => {
  assert.deepEqual(["2020-11-09", "2020-11-10", "2021-04-30", "2021-05-01", "2099-01-01"].map((day) => layers.stopOn(day)), [-1, 0, 0, 1, 2]);
});

test("the stops are those of the layers switched on", () => {
  assert.deepEqual(layers.stopsOf({ off: new Set() }), ["2020-11-10", "2021-05-01", "2022-09-01"]);
  const off = new Set(["rivers"]);
  assert.deepEqual(layers.stopsOf({ off }), ["2020-11-10", "2021-05-01"]);
  assert.equal(layers.stopsOf({ off }), layers.stopsOf({ off }));
  assert.equal(layers.stopOn("2022-09-01", layers.stopsOf({ off })), 1);
  assert.deepEqual(layers.stopsOf({ off: new Set(["roads"]) }), []);
});

test("a text is a day only if the calendar has it", () => {
  assert.deepEqual(["2020-02-29", "2021-02-29", "2021-13-01", "2021-1-1", "2021-01-01T00:00"].map(layers.isDay), [true, false, false, false, false]);
});

test("the features of a day, and when a feature is on the map", () => {
  assert.deepEqual(layers.statesOn(roads, "2021-06-01").map(({ id }) => id), ["a-b", "post"]);
  assert.deepEqual(layers.spans(roads, "a-b"), [{ from: "2020-11-10", to: null }]);
  assert.deepEqual(layers.spans(roads, "post"), [{ from: "2021-05-01", to: null }]);
  assert.equal(layers.stateOf("roads", "post", ["2020-11-10", "2021-05-01"])?.key, "roads/2");
});

test("what began on a day: never the base drawing", () => {
  assert.deepEqual(layers.begun({ on: "2021-05-01", off: new Set() }).map(({ version }) => version.title), ["Second"]);
  assert.deepEqual(layers.begun({ on: "2022-09-01", off: new Set() }), []);
  assert.deepEqual(layers.begun({ on: "2021-05-01", off: new Set(["roads"]) }), []);
});
