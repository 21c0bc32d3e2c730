// The head of the page and the box with the numbers.

import { payload } from "../data/store.js";
import { byId, make } from "../dom.js";
import { counts, table } from "../panels/figures.js";
import * as text from "../words/text.js";


const box = (one) => (one.rows.some(({ cells }) => cells.length > 1) ? table(one, payload.heads) : counts(one));

function side(name, index) {
  const { told, title } = payload.sides[index];
  const mark = make("span", { class: `pk-line pk-line-${name}`, "aria-hidden": "true" });
  return [make("dt", {}, mark, text.say(name)),
          make("dd", {}, told, title ? make("span", { class: "pk-faint" }, ` — ${title}`) : null)];
}

/** Writes the title, the sides, the numbers and the notes. */
export function start() {
  byId("pk-title").textContent = payload.title;
  document.title = payload.title;
  byId("pk-sides").append(...side("base", 0), ...side("target", 1));
  byId("pk-numbers").append(
    ...payload.lead.map((sentence, index) => make("p", { class: index ? "" : "pk-lead" }, sentence)),
    ...payload.boxes.filter(({ rows }) => rows.length).map(box));
  byId("pk-notes").append(...payload.notes.map((note) => make("li", {}, note)));
  const { marks, features } = payload.left_out;
  const missing = [marks && text.say("out_marks", { count: text.number(marks, 0) }),
                   features && text.say("out_features", { count: text.number(features, 0) })];
  byId("pk-left-out").textContent = missing.filter(Boolean).join(" ");
  byId("pk-left-out").hidden = !byId("pk-left-out").textContent;
}
