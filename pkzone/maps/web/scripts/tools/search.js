// Search over the names of all features, in whatever script, whatever the date in view.

import { layers, spans, statesOn } from "../data/layers.js";
import { own } from "../data/store.js";
import { byId, fieldOf, make } from "../dom.js";
import { span } from "../panels/details.js";
import { fold } from "../words/fold.js";
import * as text from "../words/text.js";
import { tell } from "./tell.js";

const MOST = 20;
const input = fieldOf("pk-query");
const list = byId("pk-found");
let index, found = [], at = -1;

/**
 * All names of a state: name, name_az, name_hy ... and the id.
 * @param {State} state
 * @returns {string[]}
 */
export function namesOf(state) {
  const keys = Object.keys(state.properties).filter((key) => key === state.label || /^name(_|$)/.test(key));
  return [...keys.map((key) => own(state.properties, key)), state.id].filter((name) => typeof name === "string" && name);
}

// A name in two forms, "Berdzor / Lachin", is found by each of them.
const forms = (name) => [...new Set([name, ...name.split(" / ")])].map((part) => ({ name, folded: fold(part) || part }));

function build() {
  const entries = new Map();
  for (const layer of layers) {
    for (const state of layer.states) {
      const key = JSON.stringify([layer.name, state.id]);
      if (!entries.has(key)) entries.set(key, { layer, names: new Set() });
      const entry = entries.get(key);
      entry.state = state;
      for (const name of namesOf(state)) entry.names.add(name);
    }
  }
  return [...entries.values()].map((entry) => ({ ...entry, names: [...entry.names].flatMap(forms) }));
}

function rank(folded, query, words) {
  if (folded === query) return 0;
  if (folded.startsWith(query)) return 1;
  if (` ${folded}`.includes(` ${query}`)) return 2;
  return words.every((word) => folded.includes(word)) ? 3 : 4;
}

/**
 * The features that a text finds, the best first: { layer, state, name (the one that matched) }.
 * @param {string} raw
 */
export function find(raw) {
  index ??= build();
  const query = fold(raw) || raw.trim();
  const words = query.split(" ");
  if (!query) return [];
  const best = ({ layer, state, names }) => {
    const ranked = names.map(({ name, folded }) => ({ layer, state, name, rank: rank(folded, query, words) }));
    return ranked.sort((a, b) => a.rank - b.rank)[0];
  };
  return index.map(best).filter((one) => one?.rank < 4).sort((a, b) => a.rank - b.rank);
}

// When a feature is on the map, if it is not on the day in view.
function absence({ layer, state }, view) {
  if (statesOn(layer, view.on).some((one) => one.id === state.id)) return null;
  const times = spans(layer, state.id).map(span).join("; ");
  return make("span", { class: "pk-faint" }, times || text.say("absent", { date: text.date(view.on) }));
}

function option(one, number, view) {
  const title = text.name(one.state);
  const other = one.name === title ? null : make("span", {}, one.name);
  return make("li", { role: "option", id: `pk-found-${number}`, "aria-selected": "false" },
    make("b", { lang: text.nameIsOf(one.state) }, title), other, make("span", { class: "pk-faint" }, text.phrase(one.layer.title) || one.layer.name), absence(one, view));
}

function mark(number) {
  at = number;
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  if (at < 0) return input.removeAttribute("aria-activedescendant");
  input.setAttribute("aria-activedescendant", `pk-found-${at}`);
  list.children[at].scrollIntoView({ block: "nearest" });
}

function close() {
  list.hidden = true;
  input.setAttribute("aria-expanded", "false");
  mark(-1);
}

function open(view) {
  const all = find(input.value);
  found = all.slice(0, MOST);
  list.replaceChildren(...found.map((one, number) => option(one, number, view)));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(found.length > 0));
  mark(found.length ? 0 : -1);
  tell(input.value.trim() ? text.say("found_count", { count: all.length, shown: found.length }) : "");
}

/**
 * Binds the field and the list under it.
 * @param {Act} act
 */
export function start({ view, visit }) {
  const choose = (number) => {
    const { layer, state } = found[number];
    close();
    tell("");
    visit({ layer: layer.name, id: state.id });
  };
  const keys = {
    ArrowDown: () => (list.hidden ? open(view) : mark((at + 1) % found.length)),
    ArrowUp: () => !list.hidden && mark((at + found.length - 1) % found.length),
    Enter: () => !list.hidden && at >= 0 && choose(at),
    Escape: (event) => {
      if (!list.hidden) event.stopPropagation();
      close();
    },
  };
  text.spoken(() => input.setAttribute("placeholder", text.say("search")));
  input.addEventListener("input", () => open(view));
  input.addEventListener("keydown", (event) => {
    const act = own(keys, event.key);
    if (!act || event.isComposing) return;
    if (event.key !== "Escape") event.preventDefault();
    act(event);
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", ({ target }) => {
    const item = /** @type {Element} */ (target).closest("li");
    if (item) choose([...list.children].indexOf(item));
  });
}
