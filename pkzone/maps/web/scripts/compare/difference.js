// What differs between two days, layer by layer.
//
// Attributes and who came or went are read from the states; everything measured comes from the library.

import { isBase, layers, versionOn } from "../data/layers.js";
import { geometryOf, own, payload } from "../data/store.js";
import * as text from "../words/text.js";

const { compare } = payload;

/**
 * The layers that have more than one version.
 * @type {Layer[]}
 */
export const moving = layers.filter((layer) => !layer.fixed && !isBase(layer.name));

const key = (id) => JSON.stringify(id);
const inUse = ({ properties }) => (own(properties, "status") ?? null) === null || payload.words.in_use.includes(properties.status);
const routeOf = ({ properties }) => (typeof own(properties, "route") === "string" ? properties.route : "");
const controllerOf = (state) => (state && own(state.properties, "basis") === "control" && own(state.properties, "controller")) || null;
const isResting = (state) => text.isLink(state) && typeof own(state.properties, "status") === "string" && !inUse(state);

function same(a, b) {
  if (typeof a !== "object" || typeof b !== "object" || !a || !b) return a === b;
  const keys = Object.keys(a);
  return Array.isArray(a) === Array.isArray(b) && keys.length === Object.keys(b).length &&
    keys.every((one) => Object.hasOwn(b, one) && same(a[one], b[one]));
}

const sameShape = (a, b) => a.geometry === b.geometry || (a.geometry.kind === "none" && b.geometry.kind === "none");

// The answer for target and base is that for base and target, seen from the other side.
const OTHER = {
  added: "removed", gained: "lost", entered: "left",
  kept_m: "kept_target_m", removed_m: "added_m", gained_km2: "lost_km2", from_m: "target_from_m", to_m: "target_to_m",
};
for (const [one, other] of Object.entries(OTHER)) OTHER[other] = one;
const swap = (word) => own(OTHER, word) ?? word.replace(/(^|_)(base|target)(?=_|$)/, (whole, start, side) => `${start}${side === "base" ? "target" : "base"}`);
const turned = (value) => Object.fromEntries(Object.entries(value).map(([name, content]) => [swap(name), content]));

function turnedSection(one) {
  if (one.kind !== "kept") return { ...one, kind: swap(one.kind) };
  return { ...turned(one), length_m: one.target_to_m - one.target_from_m };
}

function turnedNumbers(numbers) {
  const result = turned(numbers);
  if (result.length_delta_m) result.length_delta_m *= -1;
  if (result.bearing_deg !== undefined) result.bearing_deg = (result.bearing_deg + 180) % 360;
  return result;
}

const turnedProof = (one) => ({ ...one, geometry: one.geometry && turnedNumbers(one.geometry) });

function turnedMatch(one) {
  const kind = { split: "merged", merged: "split" }[one.kind] ?? one.kind;
  return { ...turnedProof(one), kind, id: one.kind === "renamed" ? one.target[0] : one.id, base: one.target, target: one.base };
}

const turnedMark = (one) => ({ ...one, sheet: swap(one.sheet), change: swap(one.change), side: swap(one.side) });

function turnedRecord({ shapes = [], matched = [], ids_changed = [], routes = [], areas, affected = [], marks = [] }) {
  return {
    shapes: shapes.map(turnedProof),
    matched: matched.map(turnedMatch),
    ids_changed: ids_changed.map(([base, target]) => [target, base]),
    routes: routes.map((route) => ({ ...turned(route), sections: route.sections.map(turnedSection) })),
    areas: areas && turned(areas),
    affected: affected.map((one) => ({ ...one, effect: swap(one.effect), by_status: one.by_status && turned(one.by_status) })),
    marks: marks.map(turnedMark),
  };
}

const isPair = (pair, a, b) => pair?.[0] === Math.min(a, b) && pair[1] === Math.max(a, b);

// What the library found for two versions, by their numbers; null if the file does not say.
function measuredBetween(info, a, b) {
  const [i, j] = [a, b].map((number) => info?.situations[number]);
  if (a === b || (info && i === j)) return {};
  const ofVersions = info?.pairs.find(({ versions }) => isPair(versions, a, b));
  if (ofVersions) return a > b ? turnedRecord(ofVersions) : ofVersions;
  const situations = info?.pairs.find(({ of }) => isPair(of, i, j));
  return situations ? (i > j ? turnedRecord(situations) : situations) : null;
}

function propertiesThatDiffer(before, after) {
  const names = new Set([...Object.keys(before.properties), ...Object.keys(after.properties)]);
  return [...names].sort().filter((name) => !same(own(before.properties, name), own(after.properties, name)));
}

function changesOf(before, after, record) {
  const [ours, theirs] = [before, after].map((states) => new Map(states.map((state) => [key(state.id), state])));
  const shapes = new Map((record?.shapes ?? []).map((one) => [key(one.id), one]));
  const changes = (record?.matched ?? []).map((one) => {
    const [base, target] = [one.base.map((id) => ours.get(key(id))), one.target.map((id) => theirs.get(key(id)))];
    // Of a split or a merge attributes are compared where one of many keeps its id.
    const pairs = target.map((state) => [base.find(({ id }) => one.kind === "renamed" || key(id) === key(state.id)), state]);
    const same = pairs.find(([before]) => before);
    return { ...one, numbers: one.geometry, base, target, same, properties: same ? propertiesThatDiffer(...same) : [] };
  });
  const taken = (side) => new Set(changes.flatMap((one) => one[side].map((state) => key(state.id))));
  for (const id of taken("base")) ours.delete(id);
  for (const id of taken("target")) theirs.delete(id);
  let unchanged = 0;
  for (const [id, other] of record?.ids_changed ?? []) {
    if (ours.delete(key(id)) && theirs.delete(key(other))) unchanged += 1;
  }
  for (const [id, state] of ours) {
    const other = theirs.get(id);
    if (!other) {
      changes.push({ id: state.id, kind: "removed", base: [state], target: [], properties: [] });
      continue;
    }
    const properties = propertiesThatDiffer(state, other);
    const shape = shapes.get(id);
    const unmeasured = !record && !sameShape(state, other);
    if (!properties.length && !shape && !unmeasured) unchanged += 1;
    else changes.push({ ...shape, id: state.id, kind: "modified", shape: Boolean(shape), unmeasured, numbers: shape?.geometry, base: [state], target: [other], properties });
  }
  for (const [id, state] of theirs) {
    if (!ours.has(id)) changes.push({ id: state.id, kind: "added", base: [], target: [state], properties: [] });
  }
  return { unchanged, changes: changes.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1)) };
}

/**
 * The largest uncertainty that some changes state, or null.
 * @returns {number | null}
 */
export function uncertaintyOf(changes) {
  const stated = changes.flatMap(({ base, target }) => [...base, ...target]).map(({ properties }) => own(properties, "uncertainty_m"));
  const numbers = stated.filter((value) => typeof value === "number");
  return numbers.length ? Math.max(...numbers) : null;
}

// The routes that differ in course, status or published length.
function routesOf(info, [a, b], [before, after], record, changes) {
  const earlier = new Map(before.map((state) => [key(state.id), state]));
  const restated = after.filter((state) => {
    const was = earlier.get(key(state.id));
    const isSame = was && routeOf(was) === routeOf(state) && own(was.properties, "status") === own(state.properties, "status");
    return routeOf(state) && was && !isSame && routeOf(was) === routeOf(state) && (inUse(was) || inUse(state));
  }).map(routeOf);
  const published = [a, b].map((number) => info?.published?.[number] ?? {});
  const names = published.flatMap((one) => Object.keys(one)).filter((name) => !same(own(published[0], name), own(published[1], name)));
  const [lengths, schematic] = [info?.lengths, info?.schematic].map((one) => one?.[info.situations[b]] ?? {});
  const moved = record.routes ?? [];
  const stayed = [...new Set([...restated, ...names])]
    .filter((name) => Object.hasOwn(lengths, name) && !moved.some(({ route }) => route === name))
    .map((route) => ({ route, length_base_m: lengths[route], length_target_m: lengths[route], kept_m: lengths[route],
                       kept_target_m: lengths[route], removed_m: 0, added_m: 0, max_offset_m: 0, sections: [],
                       schematic_base_m: schematic[route], schematic_target_m: schematic[route] }));
  return [...moved, ...stayed].sort((one, other) => (one.route < other.route ? -1 : 1)).map((route) => {
    const uses = (state) => routeOf(state) === route.route && inUse(state);
    const mine = changes.filter(({ base, target }) => [...base, ...target].some(uses));
    return { ...route, uncertainty: uncertaintyOf(mine.length ? mine : changes),
             published: published.map((one) => own(one, route.route)) };
  });
}

/**
 * Who controls what a change speaks of, before and after; nobody where it does not say control on the ground.
 * @returns {[string | null, string | null]}
 */
export function controllers({ base, target }) {
  const [before, after] = [base, target].map((states) => [...new Set(states.map(controllerOf))]);
  return [before.length === 1 ? before[0] : null, after.length === 1 ? after[0] : null];
}

/**
 * Whether a feature of a layer says control on the ground, in any of its states.
 * @param {Layer} layer
 */
export const isOfControl = ({ states }, id) => states.some((state) => state.id === id && controllerOf(state));

const HANDS = { added: "taken", removed: "given" };

// A mark of what changed hands, which is neither gained nor lost: the twin of in_hands in marks.py.
function inHands(mark, [before, after]) {
  const controller = mark.side === "target" ? after : before;
  if (mark.change === "moved" && before === after) return mark;
  if (own(HANDS, mark.sheet) && controller) return { ...mark, sheet: HANDS[mark.sheet], controller };
  return ["changed", "kept"].includes(mark.sheet) && before && after && before !== after ? { ...mark, sheet: "taken", controller: after } : mark;
}

// What is drawn of a layer's difference, each part with the row that tells of it.
function marksOf(layer, record, changes, routes) {
  const row = (id) => `${layer.name}/${id}`;
  const marks = routes.flatMap(({ route, sections }) => sections.map((one, index) => ({
    row: row(`~${route}/${index}`), sheet: one.kind, change: one.kind, id: route,
    side: one.kind === "added" ? "target" : "base", geometry: geometryOf(one.geometry) })));
  const hands = new Map(changes.map((change) => [key(change.id), controllers(change)]));
  for (const one of record?.marks ?? []) marks.push(inHands({ ...one, row: row(one.of), geometry: geometryOf(one.geometry) }, hands.get(key(one.of)) ?? [null, null]));
  const whole = (change, state, sheet, side) => marks.push(inHands({
    row: row(change.id), sheet, change: change.kind, id: state.id, side, geometry: state.geometry,
    not_in_use: isResting(state), unmeasured: change.unmeasured }, controllers(change)));
  for (const change of changes) {
    const [was, now] = [change.base[0], change.target[0]];
    const drawn = change.shape || change.class || change.kind === "split" || change.kind === "merged";
    if (change.kind === "added" && !record) whole(change, now, "added", "target");
    else if (change.kind === "removed" && !record) whole(change, was, "removed", "base");
    else if (was && now && !drawn && (!routeOf(now) || inUse(was) === inUse(now))) whole(change, now, "changed", "target");
  }
  return marks;
}

/**
 * What differs between the versions of a layer on two days; `missing` where one has none.
 * @param {Layer} layer
 * @param {string[]} days
 * @returns {any}
 */
function layerDifference(layer, days) {
  const [base, target] = days.map((day) => versionOn(layer, day));
  if (!base || !target) return { layer, versions: [base, target], missing: true };
  const [a, b] = [base, target].map((version) => layer.versions.indexOf(version));
  const [before, after] = [base, target].map((version) => version.states.map((index) => layer.states[index]));
  const info = compare.layers[layers.indexOf(layer)];
  const record = measuredBetween(info, a, b);
  const { changes, unchanged } = changesOf(before, after, record);
  const routes = record ? routesOf(info, [a, b], [before, after], record, changes) : [];
  return {
    layer, versions: [base, target], changes, unchanged, routes, measured: record !== null, areas: record?.areas ?? null,
    affected: record?.affected ?? [], marks: marksOf(layer, record, changes, routes), uncertainty: uncertaintyOf(changes),
  };
}

// The days of a date that may be partial, first and last.
function span(date) {
  const [year, month, day] = date.split("-").map(Number);
  const last = day ? Date.UTC(year, month - 1, day) : Date.UTC(year, month || 12, 0);
  return [`${date}-01-01`.slice(0, 10), new Date(last).toISOString().slice(0, 10)];
}

// The events that tell why two versions of a layer differ: those that touch it and fall between them, and those
// that the later one, or one between, names and the earlier does not; the twin of compare/affected.py.
function eventsOf({ layer, versions: [base, target], missing }) {
  if (missing || base === target) return [];
  const [begin, end] = [base, target].map((one) => layer.versions.indexOf(one)).sort((a, b) => a - b);
  const [earlier, later] = [layer.versions[begin], layer.versions[end]];
  const named = new Set(layer.versions.slice(begin + 1, end + 1).flatMap(({ events }) => events));
  return payload.events.filter((event) => {
    if (named.has(event.id) && !earlier.events.includes(event.id)) return true;
    if (earlier.from === later.from) return false;
    const touches = event.layers?.includes(layer.name) || event.features?.some((name) => name.startsWith(`${layer.name}/`));
    const [first, last] = span(event.date);
    return touches && first <= later.from && last > earlier.from;
  });
}

// Those that maps open on come first, then the others as the legend has them.
const order = [...payload.style.focus, ...payload.style.groups.flatMap((group) => group.layers)];
const rank = ({ layer: { name } }) => (order.includes(name) ? order.indexOf(name) : order.length);

/**
 * All layers that differ between two days, and the events in between.
 * @param {string} base
 * @param {string} target
 */
export function between(base, target) {
  const all = moving.map((layer) => layerDifference(layer, [base, target]));
  const events = new Set(all.flatMap(eventsOf));
  const differing = all.filter(({ missing, changes }) => !missing && changes.length).sort((a, b) => rank(a) - rank(b));
  return { all, differing, events: payload.events.filter((event) => events.has(event)) };
}
