// Numbers for people, from the table of cases that the reports keep to as well.

import "./payload.js";

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

await import("../../../pkzone/maps/web/scripts/words/map-words.js");
const { ofFeature } = await import("../../../pkzone/maps/web/scripts/words/lengths.js");
const { percent, rounding } = await import("../../../pkzone/maps/web/scripts/words/rounding.js");

const cases = JSON.parse(readFileSync(new URL("../../data/rounding_cases.json", import.meta.url), "utf8"));

for (const kind of /** @type {const} */ (["length", "chainage", "area"])) {
  for (const [uncertainty, value, expected] of cases[kind]) {
    test(`${kind} of ${value} to an uncertainty of ${uncertainty ?? "none stated"}`, () => {
      assert.equal(rounding(uncertainty)[kind](value), expected);
    });
  }
}

for (const [uncertainty, areas, expected] of cases.together) {
  test(`areas of ${areas} next to each other`, () => {
    assert.deepEqual(areas.map((/** @type {number} */ one) => rounding(uncertainty).area(one, areas)), expected);
  });
}

for (const [properties, metres, expected] of cases.feature) {
  test(`${metres} m of a line with ${JSON.stringify(properties)}`, () => assert.equal(ofFeature(properties, metres), expected));
}

for (const [share, expected] of cases.percent) {
  test(`${share} as a percentage`, () => assert.equal(percent(share), expected));
}
