// The rows of the report and what is drawn for each: states as draw.js takes them.

import { geometryOf, payload } from "../data/store.js";
import * as text from "../words/text.js";

const { words } = text;
const MARKS = ["added", "removed", "taken", "given", "changed", "kept", "affected"];

/**
 * What each row says, and the geometries that it stands for.
 * @type {Known<string, { said: string, shapes: number[] }>}
 */
export const rows = /** @type {any} */ (new Map());
const put = (id, said, shapes) => rows.set(id, { said, shapes: shapes.filter((one) => one !== null) });

const saySection = ({ stretch, published, length, near }) =>
  [stretch, published?.value === null ? null : published?.text, length.text, near].filter(Boolean).join(", ");

/** The name of a feature that differs. */
export const nameOf = (row) => row.name || row.id || words.no_name;

for (const one of payload.changes) put(one.row, `${nameOf(one)}: ${one.brief || one.kind}`, one.shapes ?? []);
for (const { sections } of payload.routes) for (const one of sections) put(one.row, saySection(one), []);
for (const one of payload.affected) put(one.row, one.text, [one.geometry]);
payload.events.forEach((event, index) => {
  const touched = payload.changes.filter((one) => one.events.includes(index));
  put(`event/${index}`, event.title, touched.flatMap((one) => one.shapes ?? []));
});
for (const mark of payload.marks) {
  const { shapes } = rows.get(mark.row);
  if (mark.row.startsWith("section/")) shapes.push(mark.geometry);
}

const names = new Map(payload.changes.map((one) => [one.row, nameOf(one)]));

const difference = payload.marks.map((mark, index) => ({
  key: `difference/${index}`,
  layer: mark.sheet,
  id: mark.id,
  row: mark.row,
  said: rows.get(mark.row).said,
  properties: { name: names.get(mark.row), not_in_use: mark.not_in_use, controller: mark.controller },
  geometry: geometryOf(mark.geometry),
  marks: { layer: mark.layer, id: String(mark.id), side: mark.side, change: mark.change },
}));

const affected = payload.affected.filter((one) => one.geometry !== null).map((one) => ({
  key: one.row,
  layer: "affected",
  id: one.id,
  row: one.row,
  said: rows.get(one.row).said,
  properties: { name: one.name, effect: one.effect, hands: one.hands },
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
  const { said, shapes } = rows.get(id);
  return shapes.map((shape) => ({
    key: `chosen/${shape}`,
    layer: "chosen",
    id,
    said,
    quiet: true,
    properties: {},
    geometry: geometryOf(shape),
    marks: { chosen: id },
  }));
}

/** The groups of the legend. */
export const groups = [
  { title: words.compared, rows: [
    { name: "difference", title: words.difference, sheets: MARKS },
    { name: "base", title: text.say("side", { side: words.base, name: payload.heads[0] }), sheets: ["base"] },
    { name: "target", title: text.say("side", { side: words.target, name: payload.heads[1] }), sheets: ["target"] },
  ] },
  { title: words.around, rows: payload.context.map(({ name, title }) => ({ name, title: title || name, sheets: [name] })) },
].filter((group) => group.rows.length);

/**
 * The panes of the map.
 * @type {string[]}
 */
export const panes = [...sheets.keys(), ...MARKS, "chosen"].filter((name) => name !== "difference");
