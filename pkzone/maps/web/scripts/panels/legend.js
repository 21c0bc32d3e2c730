// Rows with their switches, and under each the patterns that are on view and nothing else.

import { payload } from "../data/store.js";
import { byId, make } from "../dom.js";
import { onView } from "../drawing/draw.js";
import { rulesOf, swatch, table } from "../drawing/look.js";
import * as text from "../words/text.js";

const rows = new Map();
let sure, meanings;

function row({ name, title, sheets }, onToggle) {
  const box = make("input", { type: "checkbox", id: `pk-layer-${name}` });
  box.addEventListener("change", () => onToggle(name, box.checked));
  const note = make("span", { class: "pk-faint" });
  const list = make("ul");
  const label = make("label", {}, box, make("span", {}, title));
  rows.set(name, { box, note, list, sheets });
  return make("div", { class: "pk-layer" }, make("div", { class: "pk-layer-head" }, label, note), list);
}

/**
 * Groups: [{ title, rows: [{ name, title, sheets }] }]; a row explains the layers in sheets.
 * @param {{ title: string, rows: any[] }[]} groups
 * @param {(name: string, on: boolean) => void} onToggle
 */
export function start(groups, onToggle) {
  rows.clear();
  byId("pk-groups").replaceChildren();
  for (const group of groups) {
    byId("pk-groups").append(
      make("fieldset", {}, make("legend", {}, group.title), group.rows.map((one) => row(one, onToggle))));
  }
  sure = make("ul");
  meanings = make("details", { id: "pk-meanings" }, make("summary", {}, text.say("meanings")), make("ul"));
  byId("pk-groups").append(
    make("fieldset", { id: "pk-sure" }, make("legend", {}, text.say("sure")), sure), meanings);
}

const entry = (symbol, kind, label) => make("li", {}, swatch(symbol, kind), make("span", {}, label));

// The words of a rule; those of a category or class are values of the data, with their count.
function labelOf({ label, value, range, unit, count }) {
  const ends = range?.map((number) => text.number(number, 6)).join(" – ");
  const words = ends ? `${ends} ${unit}`.trim() : value ?? text.phrase(label);
  return count === undefined ? words : `${words} (${text.number(count, 0)})`;
}

const SEVERAL = 3; // looks that an entry shows at most
// Rules that one entry explains: of the looks of a file those with the same words, else each by itself.
const meaningOf = (rule) => (rule.where["@look"] === undefined ? rule : rule.label || rule.where["@look"]);

/**
 * Distinct rules on view, in the order of the style table.
 * @param {string[]} sheets
 * @param {Item[]} seen
 */
export function entries(sheets, seen) {
  const kinds = new Map();
  for (const { state, symbol } of seen) {
    if (sheets.includes(state.layer)) kinds.set(symbol.rule, state.geometry.kind);
  }
  const order = new Map(sheets.flatMap(rulesOf).map((rule, index) => [rule, index]));
  const sorted = [...kinds].sort(([a], [b]) => Number(order.get(a)) - Number(order.get(b)));
  const told = new Map();
  for (const [rule, kind] of sorted) {
    const key = meaningOf(rule);
    if (!told.has(key)) told.set(key, entry(rule, kind, labelOf(rule)));
    else if (told.get(key).childElementCount <= SEVERAL) told.get(key).lastChild.before(swatch(rule, kind));
  }
  return [...told.values()];
}

const SAMPLES = {
  lead: { strokes: [{ color: "link", ...table.lead }] },
  line: { strokes: [{ color: "link", width: 2, dash: [] }] },
  point: { shape: "circle", size: 4.5, fill: "ink", fill_opacity: 1, strokes: [] },
};

function showModifiers(seen) {
  const met = table.modifiers.filter((change) => change.label && seen.some(({ symbol }) => symbol.modifiers.includes(change)));
  sure.replaceChildren(...met.map(({ label = "", sample = "line", opacity, band }) => {
    const symbol = { ...SAMPLES[sample], opacity, band: band && { ...band, color: "link" } };
    return entry(symbol, sample === "lead" ? "line" : sample, text.phrase(label));
  }));
  sure.parentElement.hidden = !met.length;
}

// What the statuses of the links on view mean for a traveller, in the order of the table.
function showMeanings(seen) {
  const links = seen.filter(({ state }) => text.isLink(state)).map(({ state }) => state.properties.status);
  const known = Object.keys(payload.words.terms.meaning).filter((status) => links.includes(status));
  meanings.lastChild.replaceChildren(...known.map((status) => make("li", {}, make("span", {}, text.meaning(status)))));
  meanings.hidden = !known.length;
}

/**
 * Brings switches and patterns to the view; noteOf gives the words beside a row's name,
 * isElsewhere tells whose patterns are explained in another place, emptinessOf why a row has none at all,
 * notesOf what is said above them.
 * @param {Set<string>} off
 * @param {(name: string) => string} noteOf
 * @param {(name: string) => boolean} [isElsewhere]
 * @param {(name: string) => string} [emptinessOf]
 * @param {(name: string) => string[]} [notesOf]
 */
export function show(off, noteOf, isElsewhere = () => false, emptinessOf = () => "", notesOf = () => []) {
  const seen = onView();
  for (const [name, { box, note, list, sheets }] of rows) {
    box.checked = !off.has(name);
    note.textContent = noteOf(name);
    const patterns = entries(sheets, seen);
    if (!patterns.length && box.checked && !isElsewhere(name)) patterns.push(make("li", { class: "pk-faint" }, emptinessOf(name) || text.say("nothing_in_view")));
    const notes = box.checked ? notesOf(name) : [];
    list.replaceChildren(...notes.map((said) => make("li", { class: "pk-faint pk-said" }, make("span", {}, said))), ...patterns);
  }
  showModifiers(seen);
  showMeanings(seen);
}
