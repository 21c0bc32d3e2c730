// Symbols by the rules of the style table, and addresses that may be followed.

import "./payload.js";

import assert from "node:assert/strict";
import { test } from "node:test";

const { ruleFor, shapePath, symbolFor } = await import("../../../pkzone/maps/web/scripts/drawing/look.js");
const { webAddress } = await import("../../../pkzone/maps/web/scripts/dom.js");

/** @type {(layer: string, properties: object, kind?: Geometry["kind"]) => State} */
const state = (layer, properties, kind = "line") => ({ key: "", layer, id: "x", properties, geometry: { kind } });

test("the first rule that is met draws a feature, else the last of all layers", () => {
  assert.equal(ruleFor(state("roads", { status: "closed" })).label, "Closed");
  assert.equal(ruleFor(state("roads", { status: "open" })).label, "Road");
  assert.equal(ruleFor(state("roads", {}, "point")).label, "Other");
  assert.equal(ruleFor(state("constructor", {})).label, "Other");
});

test("modifiers come on top; of one drawn by other rules only those of size", () => {
  const doubtful = state("other", { certainty: "inferred" });
  assert.deepEqual([symbolFor(doubtful).opacity, symbolFor(doubtful).size], [0.5, 8]);
  const mark = { ...doubtful, home: "roads" };
  assert.deepEqual([symbolFor(mark).opacity, symbolFor(mark).size], [1, 8]);
});

test("outlines of markers", () => {
  assert.equal(shapePath("square", 4, 10, 20), "M6.00,16.00L14.00,16.00L14.00,24.00L6.00,24.00Z");
  assert.equal(shapePath(undefined, 4, 10, 20), "M6,20a4,4 0 1,0 8,0a4,4 0 1,0 -8,0Z");
});

test("only addresses of the web are followed", () => {
  assert.equal(webAddress("https://example.org/a b"), "https://example.org/a%20b");
  for (const address of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,x", "file:///etc", "/x", "", 7, null]) {
    assert.equal(webAddress(address), null);
  }
});
