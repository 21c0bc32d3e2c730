// The layers and their versions, and the questions that the other scripts ask of them.

import * as text from "../words/text.js";
import { geometryOf, payload } from "./store.js";

/** @param {State} state @param {string} day */
const isOn = ({ from, to, never }, day) => !never && (!from || from <= day) && (!to || day < to);

// A file with dates has a version for each day on which something changes. Which states it has is found
// when it is looked at, and kept for the last two: all of them together could be too many.
/** @type {{ version: object, states: number[] }[]} */
let held = [];
/** @type {(layer: Payload["layers"][number], states: State[]) => Version[]} */
function versionsOf({ stops, order = [], versions }, states) {
  return stops?.map((from, index) => ({
    id: from, from, to: stops[index + 1] ?? null, title: "", events: [],
    get states() {
      let found = held.find(({ version }) => version === this);
      if (!found) held = [(found = { version: this, states: order.filter((place) => isOn(states[place], from)) }), ...held].slice(0, 2);
      return found.states;
    },
  })) ?? versions;
}

/** @type {(list: Payload["layers"], quiet?: boolean) => Layer[]} */
const read = (list, quiet) => list.map((layer) => {
  const states = statesOf(layer, quiet);
  return { ...layer, states, versions: versionsOf(layer, states) };
});

/** @type {(layer: Payload["layers"][number], quiet?: boolean) => State[]} */
const statesOf = (layer, quiet) => layer.states.map((state, index) => ({
    key: `${layer.name}/${index}`,
    layer: layer.name,
    label: layer.label,
    look: state.look,
    from: state.from,
    to: state.to,
    never: state.never,
    quiet,
    id: layer.features[state.feature].id,
    properties: { ...layer.features[state.feature].shared, ...state.properties },
    geometry: geometryOf(state.geometry),
    lead: state.lead === undefined ? undefined : geometryOf(state.lead),
  }));

/** All layers of the page. */
export const layers = read(payload.layers);

/** What is drawn beneath them, and is no data of the map: places, to tell where it is. */
export const around = read(payload.around, true);

/**
 * The layers by their names.
 * @type {Known<string, Layer>}
 */
export const byName = /** @type {any} */ (new Map(layers.map((layer) => [layer.name, layer])));

/**
 * Half-open validity: in force from its first day to the day before the next version's.
 * @param {Version} version
 * @param {string} day
 */
const holds = (version, day) => version.from <= day && (version.to === null || day < version.to);

/**
 * The version of a layer in force on a day.
 * @param {Layer} layer
 * @param {string} day
 * @returns {Version | undefined}
 */
export function versionOn(layer, day) {
  if (layer.fixed) return layer.versions[0];
  return layer.versions.find((version) => holds(version, day));
}

/**
 * The features of a layer as they are on a day.
 * @param {Layer} layer
 * @param {string} day
 * @returns {State[]}
 */
export function statesOn(layer, day) {
  return versionOn(layer, day)?.states.map((index) => layer.states[index]) ?? [];
}

const base = payload.style.groups.find((group) => group.id === "base")?.layers ?? [];

/**
 * Whether a layer is of the base drawing, which tells no change.
 * @param {string} name
 */
export const isBase = (name) => base.includes(name);

/**
 * The layers with their versions in force on a day, as far as they have one.
 * @param {Layer[]} some
 * @param {string} day
 */
export const inForce = (some, day) => some.flatMap((layer) => {
  const version = versionOn(layer, day);
  return version ? [{ layer, version }] : [];
});

/** @type {{ off: Set<string> | null, stops: string[] }} */
let found = { off: null, stops: [] };

/**
 * The stops of the slider: the days on which a layer that is switched on changes. They are the same
 * array as long as the view has the same set of layers switched off.
 * @param {Pick<View, "off">} view
 */
export function stopsOf({ off }) {
  if (!off.size) return payload.dates;
  if (found.off === off) return found.stops;
  const moving = layers.filter((layer) => !layer.fixed && !off.has(layer.name));
  found = { off, stops: [...new Set(moving.flatMap(({ versions }) => versions.map(({ from }) => from)))].sort() };
  return found.stops;
}

/**
 * The layers switched on whose version in force began on the last stop.
 * @param {Pick<View, "on" | "off">} view
 */
export function begun(view) {
  const stops = stopsOf(view);
  const stop = stops[stopOn(view.on, stops)];
  const changing = layers.filter(({ name, fixed }) => !fixed && !isBase(name) && !view.off.has(name));
  return inForce(changing, view.on).filter(({ version }) => version.from === stop);
}

/**
 * The number of the stop in force on a day, -1 before the first.
 * @param {string} day
 * @param {string[]} [stops]  those of a view; by default of all layers
 */
export function stopOn(day, stops = payload.dates) {
  let stop = -1, after = stops.length;
  while (after - stop > 1) {
    const middle = (stop + after) >> 1;
    if (stops[middle] <= day) stop = middle;
    else after = middle;
  }
  return stop;
}

/**
 * A text is a day only if the calendar has it.
 * @param {string} text
 */
export function isDay(text) {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/**
 * The times a feature is on the map: [{ from, to }]; to is the first day without it, or null.
 * @param {Layer} layer
 * @param {State["id"]} id
 */
export function spans(layer, id) {
  /** @type {{ from: string, to: string | null }[]} */
  const times = [];
  const { stops } = layer;
  if (stops) {
    const state = layer.states.find((one) => one.id === id);
    return state && !state.never ? [{ from: state.from ?? stops[0], to: state.to ?? null }] : [];
  }
  for (const { states, from, to } of layer.versions) {
    if (from === to || !states.some((index) => layer.states[index].id === id)) continue;
    const last = times.at(-1);
    if (last?.to === from) last.to = to;
    else times.push({ from, to });
  }
  return times;
}

/**
 * A feature as it is on the first of some days that has it.
 * @param {string} layer
 * @param {State["id"]} id
 * @param {string[]} days
 */
export const stateOf = (layer, id, days) =>
  (byName.has(layer) ? days.flatMap((day) => statesOn(byName.get(layer), day)).find((state) => state.id === id) : undefined);

/**
 * The layers for the legend, by group; those that no group names come last.
 * @param {Record<string, string>} titles
 */
export function groups(titles) {
  const named = new Set(payload.style.groups.flatMap((group) => group.layers));
  const others = { id: "other", layers: layers.map((layer) => layer.name).filter((name) => !named.has(name)) };
  return [...payload.style.groups, others].map(({ id, layers: names }) => ({
    title: text.phrase(titles[id]),
    rows: names.filter((name) => byName.has(name)).map((name) => ({ name, title: text.phrase(byName.get(name).title) || name, sheets: [name] })),
  })).filter(({ rows }) => rows.length);
}
