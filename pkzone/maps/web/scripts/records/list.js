// The panel's part of the records of a tagged table.
//
// What their marks mean, a list of those on view for whoever has no pointer, and all that the table says
// of one.

import { stopOn } from "../data/layers.js";
import { byId, make, svg } from "../dom.js";
import { map } from "../drawing/draw.js";
import { swatch } from "../drawing/look.js";
import * as text from "../words/text.js";
import * as records from "./records.js";

export { NAME, read } from "./records.js";

const { head, marks } = records;
const SLICE = 100; // entries that are made at once
text.add({
  records: "Records",
  records_span: "Records dated from {from} to {until}, while the state in view held.",
  records_since: "Records dated {from} or later, in the state in view.",
  records_all: "All records, whatever their date.",
  records_shown: "{shown} of {count}",
  records_by: "By the answers for: {layer}.",
  records_circle: "Several records; the ring shows the shares of their answers",
  records_shapes: "Lines and areas stand at a point on them.",
  records_early: "Before the first state: {count}.",
  records_left: "Not on the map: {undated} without a date, {unplaced} without a place.",
  records_part: "{answer}: {count}",
  records_one: "Record {row}: {date}, {answer}",
  records_many: "Records: {count} ({parts})",
  records_here: "Records here: {count}",
  records_list: "List of the records in view ({count})",
  records_title: "Record {row}",
  records_empty: "–",
});
let act, view, parts, said = "";
/** @type {number[] | null} */
let several = null; // the records of one place, while their list is open
/** @type {HTMLElement | null} */
let back = null; // what had the focus before a record was opened

const number = (value) => text.number(value, 0);

function frame() {
  const box = make("input", { type: "checkbox" });
  const note = make("span", { class: "pk-faint" });
  const legend = make("legend"), list = make("ul"), told = make("div", { class: "pk-records-told" });
  const summary = make("summary"), items = make("div");
  const listing = make("details", { id: "pk-records-list" }, summary, items);
  const title = make("span", { lang: "" }, head.title);
  const set = make("fieldset", { id: "pk-records" }, legend,
    make("div", { class: "pk-layer" }, make("div", { class: "pk-layer-head" }, make("label", {}, box, title), note), list), told, listing);
  byId("pk-groups").before(set);
  const section = make("section", { id: "pk-record", "aria-labelledby": "pk-record-title", hidden: "" });
  byId("pk-feature").after(section);
  box.addEventListener("change", () => {
    const off = new Set(act.view.off);
    if (box.checked) off.delete(records.NAME);
    else off.add(records.NAME);
    act.change({ off });
  });
  listing.addEventListener("toggle", () => showList());
  parts = { box, note, legend, list, told, summary, items, listing, section, title };
}

// A circle as it stands on the map: its ring has two of the answers.
function circle() {
  const arc = (turn, color) => svg("path", { d: "M20,1.5A7.5,7.5 0 0,1 20,16.5", fill: "none", stroke: `var(--pk-${color})`, "stroke-width": 3.5, transform: `rotate(${turn} 20 9)` });
  const digit = svg("text", { x: 20, y: 12.2, "text-anchor": "middle", class: "pk-record-number" }, "9");
  return svg("svg", { viewBox: "0 0 40 18", class: "pk-swatch", "aria-hidden": "true" },
    svg("circle", { cx: 20, cy: 9, r: 9, fill: "var(--pk-paper)" }), arc(4, marks[0].color), arc(184, marks[1].color), digit);
}

function spanInWords() {
  const { from, until } = records.spanOn(view);
  if (!from) return text.say("records_all");
  if (!until) return text.say("records_since", { from: text.date(from) });
  const last = new Date(Date.parse(`${until}T00:00:00Z`) - 86400000).toISOString().slice(0, 10);
  return text.say("records_span", { from: text.date(from), until: text.date(last) });
}

// Entries for the marks on view, each with its number, and nothing else.
function entries({ items, inView }) {
  const size = map.getSize();
  const seen = items.filter(({ x, y }) => {
    const { x: left, y: top } = map.layerPointToContainerPoint([x, y]);
    return left >= 0 && top >= 0 && left <= size.x && top <= size.y;
  });
  const counts = records.answerCounts(inView);
  const rows = marks.flatMap((mark, answer) => (counts[answer]
    ? [make("li", {}, swatch(mark, "point"), make("span", {}, text.say("records_part", { count: number(counts[answer]), answer: text.phrase(mark.label) })))] : []));
  if (seen.some(({ members }) => members.length > 1)) rows.push(make("li", {}, circle(), make("span", {}, text.say("records_circle"))));
  return rows.length ? rows : [make("li", { class: "pk-faint" }, text.say("nothing_in_view"))];
}

function tell() {
  const left = { undated: number(head.without_date), unplaced: number(head.without_place) };
  const lines = [
    spanInWords(), text.say("records_by", { layer: text.phrase(head.layer_title) || head.layer }),
    head.has_shapes && text.say("records_shapes"),
    records.early && text.say("records_early", { count: number(records.early) }),
    (head.without_date || head.without_place) && text.say("records_left", left),
  ];
  return lines.filter(Boolean).map((line) => make("p", { class: "pk-faint" }, line));
}

// Buttons for some records, in slices: a browser lays out thousands too slowly.
function buttons(members) {
  const list = make("ul", { class: "pk-record-list" });
  const more = make("button", { type: "button", class: "pk-button" });
  const entry = (index) => {
    const button = make("button", { type: "button", class: "pk-plain" }, records.describe(index));
    button.addEventListener("click", () => choose(index, button));
    return make("li", {}, button);
  };
  function add() {
    const made = list.children.length;
    list.append(...members.slice(made, made + SLICE).map(entry));
    const left = members.length - list.children.length;
    more.hidden = !left;
    more.textContent = text.say("more_rows", { count: number(left) });
    list.children[made]?.querySelector("button").focus({ preventScroll: !made });
  }
  list.append(...members.slice(0, SLICE).map(entry));
  more.hidden = members.length <= SLICE;
  more.textContent = text.say("more_rows", { count: number(members.length - SLICE) });
  more.addEventListener("click", add);
  return [list, more];
}

// Made when it is opened, and anew when what is on view changes.
function showList() {
  const { inView, key } = records.arrange();
  const wanted = records.isOn() ? inView : [];
  parts.summary.textContent = text.say("records_list", { count: number(wanted.length) });
  parts.listing.hidden = !wanted.length;
  const now = parts.listing.open ? [key, text.current(), records.isOn()].join() : "";
  if (now === said) return;
  said = now;
  parts.items.replaceChildren(...(now ? buttons(wanted) : []));
}

function heading(words) {
  const close = make("button", { type: "button", class: "pk-close", "aria-label": text.say("close"), title: text.say("close") },
    svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: "m4 4 8 8m0-8-8 8" })));
  close.addEventListener("click", closeAll);
  return make("div", { class: "pk-feature-head" }, make("h2", { id: "pk-record-title", tabindex: "-1" }, words), close);
}

const shownValue = (value) => (value === null || value === "" ? text.say("records_empty") : text.plain(value));

// That a record is of another state than the one in view, and a way to its own.
function elsewhen(index) {
  if (records.isShown(index)) return [];
  const day = records.dateOf(index);
  const button = make("button", { type: "button", class: "pk-button" }, text.say("go_to", { date: text.date(day) }));
  button.addEventListener("click", () => {
    act.change({ on: day });
    focus();
  });
  const known = stopOn(day) >= 0;
  return [make("p", {}, text.say("absent", { date: text.date(view.on) }), " ", known ? button : null)];
}

// One record as the table has it, or the list of several that stand at one place.
function showRecord() {
  const index = view.record === null ? -1 : records.indexOf(view.record);
  parts.section.hidden = index < 0 && !several;
  if (index >= 0) {
    const cells = records.cellsOf(index).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, shownValue(value))]);
    parts.section.replaceChildren(heading(text.say("records_title", { row: number(view.record) })),
      make("p", { class: "pk-faint", lang: "" }, head.title), ...elsewhen(index), make("dl", { lang: "" }, cells));
  } else if (several) {
    parts.section.replaceChildren(heading(text.say("records_here", { count: number(several.length) })), ...buttons(several));
  } else parts.section.replaceChildren();
}

function focus() {
  const title = byId("pk-record-title");
  title.scrollIntoView({ block: "nearest" });
  title.focus({ preventScroll: true });
}

function choose(index, from = null) {
  back = from ?? back;
  act.change({ record: records.rowOf(index), chosen: null });
  focus();
}

function list(members) {
  several = members;
  back = null;
  act.change({ record: null, chosen: null });
  focus();
}

// From one of several back to their list, then to where they were opened from.
function closeAll() {
  if (view.record === null) several = null;
  act.change({ record: null });
  if (several) return focus();
  (back?.isConnected ? back : map.getContainer()).focus({ preventScroll: true });
  back = null;
}

/** Brings the panel to what is on view. */
export function explain() {
  const now = records.arrange();
  const on = records.isOn();
  parts.box.checked = on;
  parts.title.textContent = head.title || text.say("records");
  parts.legend.textContent = text.say("records");
  parts.note.textContent = text.say("records_shown", { shown: number(records.shownCount()), count: number(head.count) });
  parts.list.replaceChildren(...(on ? entries(now) : []));
  parts.told.replaceChildren(...(on ? tell() : []));
  showList();
}

/**
 * Brings marks and panel to a view.
 * @param {View} given
 */
export function show(given) {
  view = given;
  if (view.chosen) several = null;
  records.show({ ...view, onRecord: (index) => { several = null; choose(index); }, onSeveral: list });
  showRecord();
}

/**
 * Makes the panel's part of the records.
 * @param {Act} given
 */
export function start(given) {
  act = given;
  records.start();
  frame();
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !parts.section.hidden) closeAll();
  });
}
