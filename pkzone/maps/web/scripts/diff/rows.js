// The rows of the report and what is drawn for each: states as draw.js takes them.

import { geometryOf, payload } from "../data/store.js";
import { make } from "../dom.js";
import { inData } from "../panels/facts.js";
import * as text from "../words/text.js";

const { phrase } = text;
const MARKS = ["added", "removed", "taken", "given", "changed", "kept", "affected"];

/**
 * What each row says, in the language on view, and the geometries that it stands for.
 * @type {Known<string, { say: () => string, shapes: number[] }>}
 */
export const rows = /** @type {any} */ (new Map());
const put = (id, say, shapes) => rows.set(id, { say, shapes: shapes.filter((one) => one !== null) });

const saySection = ({ stretch, published, length, near }) =>
  [stretch, published?.value === null ? null : published?.text, length.text, near].filter(Boolean).map(phrase).join(", ");

/** What base and target are called in the language on view. */
export const heads = () => payload.heads.map(phrase);

const escaped = payload.publishers.map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
const PUBLISHERS = new RegExp(`(${escaped.join("|") || "$^"})`);

/**
 * A phrase, in which the names of publishers say what language they are in, for a voice.
 * @param {string} english
 */
export const quoting = (english) =>
  phrase(english).split(PUBLISHERS).map((part, index) => (index % 2 ? make("span", inData(), part) : part));

/** The name of a feature that differs. */
export const nameOf = (row) => phrase(row.name) || phrase(row.id) || text.say("no_name");

for (const one of payload.changes) put(one.row, () => `${nameOf(one)}: ${phrase(one.brief || one.kind)}`, one.shapes ?? []);
for (const { sections } of payload.routes) for (const one of sections) put(one.row, () => saySection(one), []);
for (const one of payload.affected) put(one.row, () => phrase(one.text), [one.geometry]);
payload.events.forEach((event, index) => {
  const touched = payload.changes.filter((one) => one.events.includes(index));
  put(`event/${index}`, () => phrase(event.title), touched.flatMap((one) => one.shapes ?? []));
});
for (const mark of payload.marks) {
  const { shapes } = rows.get(mark.row);
  if (mark.row.startsWith("section/")) shapes.push(mark.geometry);
}

const named = new Map(payload.changes.map((one) => [one.row, one]));

const difference = payload.marks.map((mark, index) => ({
  key: `difference/${index}`,
  layer: mark.sheet,
  id: mark.id,
  row: mark.row,
  get said() { return rows.get(mark.row).say(); },
  properties: { get name() { return named.has(mark.row) ? nameOf(named.get(mark.row)) : undefined; }, change: mark.change, not_in_use: mark.not_in_use, controller: mark.controller, geometry_basis: mark.geometry_basis },
  geometry: geometryOf(mark.geometry),
  marks: { layer: mark.layer, id: String(mark.id), side: mark.side, change: mark.change },
}));

const affected = payload.affected.filter((one) => one.geometry !== null).map((one) => ({
  key: one.row,
  layer: "affected",
  id: one.id,
  row: one.row,
  get said() { return phrase(one.text); },
  properties: { get name() { return phrase(one.name); }, effect: one.effect, relation: one.relation, certain: one.certain, hands: one.hands },
  geometry: geometryOf(one.geometry),
  marks: { layer: "places", id: String(one.id), side: one.effect === "left" ? "base" : "target", change: one.effect },
}));

const sideStates = (side, features, layer) => features.map((one, index) => ({
  key: `${side}/${index}`,
  layer: side,
  id: one.id,
  quiet: true,
  properties: one.properties,
  geometry: geometryOf(one.geometry),
  lead: one.lead === undefined ? undefined : geometryOf(one.lead),
  marks: { layer, id: String(one.id), side, change: one.change },
}));

const contextStates = ({ name, features }) => features.map((one, index) => ({
  key: `${name}/${index}`,
  layer: name,
  id: one.id,
  quiet: true,
  properties: one.properties,
  geometry: geometryOf(one.geometry),
}));

/**
 * What each switch of the legend shows.
 * @type {Map<string, State[]>}
 */
export const sheets = new Map([
  ["difference", [...difference, ...affected]],
  ["base", sideStates("base", payload.sides[0].features, payload.sides[0].layer)],
  ["target", sideStates("target", payload.sides[1].features, payload.sides[1].layer)],
  .../** @type {[string, State[]][]} */ (payload.context.map((layer) => [layer.name, contextStates(layer)])),
]);

/**
 * The states that highlight a row.
 * @param {string | null} id  of no row, where none is chosen
 * @returns {State[]}
 */
export function highlight(id) {
  if (id === null || !rows.has(id)) return [];
  const { say, shapes } = rows.get(id);
  return shapes.map((shape) => ({
    key: `chosen/${shape}`,
    layer: "chosen",
    id,
    said: say(),
    quiet: true,
    properties: {},
    geometry: geometryOf(shape),
    marks: { chosen: id },
  }));
}

const side = (name, index) =>
  ({ name, title: text.say("side", { side: text.say(name), name: phrase(payload.heads[index]) }), sheets: [name] });

/** The groups of the legend. */
export const groups = () => [
  { title: text.say("compared"), rows: [
    { name: "difference", title: text.say("difference"), sheets: MARKS },
    side("base", 0),
    side("target", 1),
  ] },
  { title: text.say("around"), rows: payload.context.map(({ name, title }) => ({ name, title: phrase(title || name), sheets: [name] })) },
].filter((group) => group.rows.length);

/**
 * The panes of the map.
 * @type {string[]}
 */
export const panes = [...sheets.keys(), ...MARKS, "chosen"].filter((name) => name !== "difference");
