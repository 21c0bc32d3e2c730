// What differs between two days, as far as the states tell it by themselves.

import "./payload.js";

import assert from "node:assert/strict";
import { test } from "node:test";

const { between, uncertaintyOf } = await import("../../../pkzone/maps/web/scripts/compare/difference.js");

/** @type {(base: string, target: string) => any[]} */
const told = (base, target) => between(base, target).differing.flatMap((/** @type {any} */ one) =>
  one.changes.map((/** @type {any} */ change) => [change.id, change.kind, change.properties]));

test("a road has another status and course, a post comes", () => {
  assert.deepEqual(told("2020-11-10", "2021-05-01"), [["a-b", "modified", ["status"]], ["post", "added", []]]);
});

test("seen from the other side the post goes", () => {
  assert.deepEqual(told("2021-05-01", "2020-11-10"), [["a-b", "modified", ["status"]], ["post", "removed", []]]);
});

test("nothing differs within a version, and a layer without a version is missing", () => {
  assert.deepEqual(told("2021-05-01", "2022-09-01"), []);
  assert.deepEqual(between("2020-01-01", "2021-05-01").all.map((/** @type {any} */ one) => one.missing), [true]);
});

test("what is not measured is not called so", () => {
  const [roads] = between("2020-11-10", "2021-05-01").differing;
  assert.deepEqual([roads.measured, roads.changes[0].unmeasured], [false, true]);
});

test("the largest uncertainty that is stated", () => {
  const change = { base: [{ properties: { uncertainty_m: 50 } }], target: [{ properties: { uncertainty_m: 200 } }, { properties: { uncertainty_m: "far" } }] };
  assert.equal(uncertaintyOf([change]), 200);
  assert.equal(uncertaintyOf([]), null);
});
