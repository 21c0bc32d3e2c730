// The lists of the report: sections, statuses, features, places, events.
//
// A row that is chosen shows its place on the map; what is chosen on the map opens its row.

import { geometryOf, payload } from "../data/store.js";
import { allOf, byId, make } from "../dom.js";
import { ruleFor, swatch } from "../drawing/look.js";
import { prose, sourceList, title } from "../panels/facts.js";
import * as figures from "../panels/figures.js";
import * as text from "../words/text.js";
import { heads, nameOf, quoting, rows } from "./rows.js";

const { phrase } = text;
const holder = byId("pk-lists");
const FIRST = 200;
let onChoose;

// The mark that stands for a row: what came before what went, what was kept last.
const rank = ({ sheet }) => ["added", "removed", "taken", "given", "changed", "kept"].indexOf(sheet);
const marksByRow = new Map();
for (const mark of payload.marks) {
  const other = marksByRow.get(mark.row);
  if (!other || rank(mark) < rank(other)) marksByRow.set(mark.row, mark);
}

// The pattern that draws a row on the map; what its route draws has that of its kind.
function picture({ row, change, shapes }) {
  const mark = marksByRow.get(row);
  const sheet = mark?.sheet ?? (["added", "removed"].includes(change) ? change : null);
  const { kind } = geometryOf(mark?.geometry ?? shapes?.[0]);
  if (!sheet || kind === "none") return make("span", { class: "pk-no-swatch", "aria-hidden": "true" });
  const state = { layer: sheet, properties: { change: mark?.change, not_in_use: mark?.not_in_use ?? false, controller: mark?.controller }, geometry: { kind } };
  return swatch(ruleFor(state), kind);
}

const placed = (id) => rows.get(id).shapes.length > 0;

function button(id, ...content) {
  if (!placed(id)) return make("span", { "data-row": id }, content);
  const made = make("button", { type: "button", class: "pk-row", "data-row": id, "aria-pressed": "false" }, content);
  made.addEventListener("click", () => onChoose(id));
  return made;
}

const block = (heading, ...content) => make("div", { class: "pk-block" }, make("h2", {}, heading), content);

const figure = (one) => one && { ...one, text: phrase(one.text) };

function sectionRows(one) {
  const { km, near, published, length } = one;
  const said = { km: km.map(phrase), near: phrase(near), published: figure(published), length: figure(length) };
  const group = figures.section(said, button(one.row, picture(one), make("span", {}, phrase(one.stretch))));
  group.addEventListener("click", ({ target }) => {
    if (!target.closest("button") && placed(one.row)) onChoose(one.row);
  });
  return group;
}

const sectionHeads = () =>
  [text.say("stretch"), ...heads().map((name) => text.say("km_of", { name })), text.say("head_stated"), text.say("head_drawn")];

function sections({ title: route, sections: list }) {
  if (!list.length) return null;
  return block(text.say("sections", { title: phrase(route) }),
    figures.sections(sectionHeads(), list.map(sectionRows)),
    make("p", { class: "pk-faint" }, text.say("along")));
}

function statuses({ title: route, statuses: list }) {
  if (!list.length) return null;
  return block(text.say("statuses", { title: phrase(route) }), make("ul", { class: "pk-list" }, list.map(({ row, name, text: said }) => {
    const told = [make("b", {}, phrase(name)), ` ${phrase(said)}`];
    return make("li", {}, row === null ? told : button(row, make("span", {}, told)));
  })));
}

function properties(list) {
  if (!list.length) return null;
  return make("dl", { class: "pk-values" }, list.flatMap(([name, before, after]) => {
    const said = (value) => (name === "note" ? prose(value) : quoting(value));
    return [
      make("dt", {}, name.includes("/") ? name : text.spaced(phrase(name))), // a pointer stays as it is
      make("dd", {}, before ? [make("del", {}, said(before)), " → "] : null, make("ins", {}, said(after))),
    ];
  }));
}

const titleOf = (event) => [make("span", { class: "pk-when" }, text.date(event.date)), " ", title(event.title)];

function eventTitles(indexes) {
  if (!indexes.length) return null;
  return [make("h3", {}, text.say("events_of")), make("ul", {}, indexes.map((index) => make("li", {}, titleOf(payload.events[index]))))];
}

// A row that opens: its summary is the button.
function opening(id, summary, ...content) {
  const head = make("summary", { class: "pk-row", "data-row": id }, summary);
  const details = make("details", {}, head, make("div", { class: "pk-inner" }, content));
  head.addEventListener("click", () => { if (!details.open) onChoose(id); });
  return make("li", {}, details);
}

function change(one) {
  return opening(one.row,
    [picture(one), make("span", {}, make("b", {}, nameOf(one)), make("span", { class: "pk-kind" }, ` ${phrase(one.brief || one.kind)}`))],
    one.name && one.id ? make("p", { class: "pk-faint" }, make("code", {}, phrase(one.id))) : null,
    one.told.map((sentence) => make("p", {}, phrase(sentence))),
    properties(one.properties),
    eventTitles(one.events),
    one.sources.length ? [make("h3", {}, text.say("source")), sourceList(one.sources)] : null);
}

function event(one, index) {
  return opening(`event/${index}`,
    [make("span", {}, titleOf(one))],
    make("p", {}, one.summary ? prose(one.summary) : null), sourceList(one.sources ?? []));
}

function place(one) {
  const kind = geometryOf(one.geometry).kind;
  const state = { layer: "affected", properties: one, geometry: { kind } };
  const mark = kind === "none" ? null : swatch(ruleFor(state), kind);
  return make("li", {}, button(one.row, mark, make("span", {}, phrase(one.text))));
}

// A list that shows its first rows, and the rest when asked.
function long(list, toRow) {
  const ul = make("ul", { class: "pk-list" }, list.slice(0, FIRST).map(toRow));
  if (list.length <= FIRST) return ul;
  const more = make("button", { type: "button", class: "pk-more" }, text.say("show_all", { count: text.number(list.length, 0) }));
  more.addEventListener("click", () => showRest());
  const showRest = () => {
    more.remove();
    ul.append(...list.slice(FIRST).map((one, index) => toRow(one, FIRST + index)));
  };
  rests.push(showRest);
  return [ul, more];
}
const rests = [];

const titled = (key, list, toRow) =>
  (list.length ? block(text.say(key, { count: text.number(list.length, 0) }), long(list, toRow)) : null);

/**
 * Writes the lists in the language on view.
 * @param {(row: string) => void} choose
 */
export function write(choose) {
  onChoose = choose;
  rests.length = 0;
  const blocks = [
    ...payload.routes.flatMap((route) => [sections(route), statuses(route)]),
    titled("changes_title", payload.changes, change),
    titled("affected_title", payload.affected, place),
    titled("events_title", payload.events, event),
  ].filter(Boolean);
  holder.hidden = !blocks.length;
  holder.replaceChildren(...blocks);
}

const elementsOf = (id) => allOf(".pk-row", holder).filter((one) => one.dataset.row === id);

/**
 * Marks the row that is chosen, and the row only; one that waits to be asked for is shown with all.
 * @param {string | null} chosen
 */
export function show(chosen) {
  if (chosen && !elementsOf(chosen).length) showAll();
  for (const one of allOf(".pk-row", holder)) {
    const is = one.dataset.row === chosen;
    one.classList.toggle("pk-on", is);
    if (one.localName === "button") one.setAttribute("aria-pressed", String(is));
  }
}

/**
 * Brings a row into view.
 * @param {string} id
 */
export const bring = (id) => elementsOf(id)[0]?.scrollIntoView({ block: "nearest" });

/** Shows the rows that wait to be asked for. */
export const showAll = () => rests.splice(0).forEach((showRest) => showRest());

/**
 * Opens a row and brings it into view.
 * @param {string} id
 */
export function reveal(id) {
  const [element] = elementsOf(id);
  if (!element) return;
  const details = element.closest("details");
  if (element.localName === "summary" && details) details.open = true;
  element.scrollIntoView({ block: "nearest" });
  element.focus({ preventScroll: true });
}
