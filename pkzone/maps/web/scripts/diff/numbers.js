// The head of the page and the box with the numbers.

import { payload } from "../data/store.js";
import { byId, make } from "../dom.js";
import * as facts from "../panels/facts.js";
import { counts, table } from "../panels/figures.js";
import * as text from "../words/text.js";
import { heads, quoting } from "./rows.js";

const { phrase } = text;
const cellOf = (cell) => cell && { ...cell, text: phrase(cell.text) };
const rowOf = ({ term, cells }) => ({ term: phrase(term), cells: cells.map(cellOf) });

function box({ title, rows }) {
  const said = { title: phrase(title), rows: rows.map(rowOf) };
  return rows.some(({ cells }) => cells.length > 1) ? table(said, heads()) : counts(said);
}

function side(name, index) {
  const { told, title } = payload.sides[index];
  const mark = make("span", { class: `pk-line pk-line-${name}`, "aria-hidden": "true" });
  return [make("dt", {}, mark, text.say(name)),
          make("dd", {}, phrase(told), title ? make("span", { class: "pk-faint" }, " — ", facts.title(title)) : null)];
}

/** Writes the title, the sides, the numbers and the notes in the language on view. */
export function write() {
  document.title = byId("pk-title").textContent = phrase(payload.title);
  byId("pk-sides").replaceChildren(...side("base", 0), ...side("target", 1));
  byId("pk-numbers").replaceChildren(make("h2", {}, text.say("numbers")),
    ...payload.lead.map((sentence, index) => make("p", { class: index ? "" : "pk-lead" }, quoting(sentence))),
    ...payload.boxes.filter(({ rows }) => rows.length).map(box));
  byId("pk-notes").replaceChildren(...payload.notes.map((note) => make("li", {}, quoting(note))));
  const { marks, features } = payload.left_out;
  const missing = [marks && text.say("out_marks", { count: text.number(marks, 0) }),
                   features && text.say("out_features", { count: text.number(features, 0) })];
  byId("pk-left-out").textContent = missing.filter(Boolean).join(" ");
  byId("pk-left-out").hidden = !byId("pk-left-out").textContent;
}
