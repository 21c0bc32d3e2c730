// The text twin of the map: a row for every feature on the day in the layers switched on.

import { byName, groups, statesOn } from "../data/layers.js";
import { own, payload } from "../data/store.js";
import { make } from "../dom.js";
import { onView } from "../drawing/draw.js";
import { fold } from "../words/fold.js";
import * as text from "../words/text.js";
import { namesOf } from "./search.js";

// Of files, which share no properties with the layers, those that most features have.
const { columns } = payload;
const COLUMNS = columns ? ["layer", "name", ...columns.keys()] : ["layer", "name", "status", "since", "certainty", "uncertainty"];
// In the order of the legend: the base drawing comes last.
const order = groups({}).flatMap(({ rows }) => rows.map(({ name }) => byName.get(name)));
const SLICE = 200; // rows that are made at once: a browser lays out thousands too slowly
let folded; // what the filter looks in, by state
let act, parts, content, states, all;

function cells({ layer, properties }) {
  const raw = (key) => own(properties, key) ?? "";
  const title = text.phrase(byName.get(layer).title) || layer;
  if (columns) return { layer: title, ...columns.map((key) => text.plain(raw(key))) };
  const metres = raw("uncertainty_m");
  return {
    layer: title,
    status: text.value("status", raw("status")),
    since: text.date(raw("since")),
    // "agreed: both parties state it" is said in full where the feature is opened.
    certainty: text.value("certainty", raw("certainty")).split(": ")[0],
    uncertainty: typeof metres === "number" ? text.number(metres, 0) : text.plain(metres),
  };
}

function row(state) {
  const said = cells(state);
  const name = make("button", { type: "button", class: "pk-plain", lang: text.nameIsOf(state) }, text.name(state));
  const tr = make("tr", {}, COLUMNS.map((key) =>
    (key === "name" ? make("th", { scope: "row" }, name) : make("td", {}, said[key]))));
  Object.assign(tr.dataset, { layer: state.layer, id: String(state.id) });
  states.set(tr, state);
  return tr;
}

function frame(body) {
  const filter = make("input", { type: "search", id: "pk-filter", maxlength: "100", autocomplete: "off" });
  const near = make("input", { type: "checkbox", id: "pk-near" });
  const count = make("p", { role: "status", class: "pk-faint" });
  const rows = make("tbody");
  const heads = COLUMNS.map((key) => make("th", { scope: "col" }, columns?.[key] ?? text.say(`column_${key}`)));
  const table = make("table", { "aria-labelledby": "pk-sheet-title" }, make("thead", {}, make("tr", {}, heads)), rows);
  filter.addEventListener("input", () => act.change({ filter: filter.value }));
  near.addEventListener("change", () => act.change({ near: near.checked }));
  rows.addEventListener("click", ({ target }) => {
    const state = states.get(target.closest("tr"));
    if (state) act.visit(state, target.closest("tr").querySelector("button"));
  });
  const more = make("button", { type: "button", class: "pk-button", hidden: "" });
  const scroll = make("div", { class: "pk-scroll" }, table, more);
  more.addEventListener("click", addRows);
  new IntersectionObserver((seen) => seen.some(({ isIntersecting }) => isIntersecting) && addRows(), { root: scroll, rootMargin: "300px" }).observe(more);
  body.replaceChildren(
    make("div", { class: "pk-filters" },
      make("label", {}, text.say("filter"), " ", filter), make("label", {}, near, " ", text.say("near")), count),
    scroll);
  parts = { filter, near, count, rows, more };
  content = null;
}

function wanted({ off, on, filter, near }) {
  const all = order.filter(({ name }) => !off.has(name)).flatMap((layer) => statesOn(layer, on));
  const seen = near && new Set(onView().map(({ state }) => state.key));
  const words = fold(filter).split(" ");
  return all.filter((state) => (!seen || seen.has(state.key)) && (!words[0] || words.every((word) => wholeOf(state).includes(word))));
}

function wholeOf(state) {
  if (!folded.has(state)) folded.set(state, fold([...Object.values(cells(state)), ...namesOf(state)].join(" ")));
  return folded.get(state);
}

// Makes the next slice of rows; the button says how many are still to come.
function addRows() {
  const made = states.size;
  parts.rows.append(...all.slice(made, made + SLICE).map(row));
  const left = all.length - states.size;
  parts.more.hidden = !left;
  parts.more.textContent = text.say("more_rows", { count: left });
  markChosen();
}

function markChosen() {
  for (const [tr, { layer, id }] of states) {
    const chosen = act.view.chosen?.layer === layer && act.view.chosen.id === String(id);
    tr.setAttribute("aria-current", String(chosen));
  }
}

/**
 * Brings the rows to a view.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show(view, body) {
  if (!body.firstChild) frame(body);
  if (parts.filter.value !== view.filter) parts.filter.value = view.filter;
  parts.near.checked = view.near;
  all = wanted(view);
  const keys = all.map((state) => state.key).join("\n");
  if (keys === content) return markChosen();
  content = keys;
  states = new Map();
  parts.rows.replaceChildren();
  parts.count.textContent = text.say("row_count", { count: all.length });
  addRows();
}

text.spoken(() => { folded = new WeakMap(); });

/**
 * Takes the ways to change the view.
 * @param {Act} given
 */
export function start(given) {
  act = given;
}
