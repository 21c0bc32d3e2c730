// All events in their order; choosing one moves the date and the view to what it speaks of.

import { byName, isDay, layers, statesOn, stopOn, stopsOf } from "../data/layers.js";
import { payload } from "../data/store.js";
import { make } from "../dom.js";
import { title } from "../panels/facts.js";
import * as text from "../words/text.js";
import { tell } from "./tell.js";

let act, list;

// The first day of an event; one known only to the month takes the version of that month.
function dayOf(event) {
  const date = text.plain(event.date);
  if (isDay(date)) return stopOn(date) < 0 ? payload.dates[0] : date;
  const days = layers.filter((layer) => !layer.fixed).flatMap((layer) => layer.versions)
    .filter((version) => version.events.includes(event.id)).map((version) => version.from).sort();
  const day = days.find((one) => one.startsWith(date)) ?? `${date}-01-01`.slice(0, 10);
  return isDay(day) && stopOn(day) >= 0 ? day : payload.dates[0];
}

/**
 * All events with the day that the map shows for them.
 * @type {{ event: any, day: string }[]}
 */
export const all = payload.events.map((event) => ({ event, day: dayOf(event) }))
  .sort((a, b) => (a.day < b.day ? -1 : a.day > b.day ? 1 : 0));

// The states an event names as layer/id: as they are on the day, else as they ever were.
function statesOf({ event, day }) {
  const named = Array.isArray(event.features) ? event.features : [];
  return named.flatMap((reference) => {
    const [, name, id] = /^([^/]+)\/(.*)$/s.exec(text.plain(reference)) ?? [];
    const layer = byName.get(name);
    const isIt = (state) => String(state.id) === id;
    return (layer && (statesOn(layer, day).find(isIt) ?? layer.states.find(isIt))) ?? [];
  });
}

function go(one) {
  const states = statesOf(one);
  const off = new Set(act.view.off);
  for (const { layer } of states) off.delete(layer);
  act.change({ on: payload.dates.length > 1 ? one.day : act.view.on, off, chosen: null });
  act.fit(states);
  tell(`${text.date(one.event.date)}: ${text.phrase(text.plain(one.event.title))}`);
}

function frame(body) {
  list = make("ol", { class: "pk-event-list pk-scroll" }, all.map((one) => {
    const button = make("button", { type: "button", class: "pk-plain" },
      make("span", { class: "pk-when" }, text.date(one.event.date)), " ", title(one.event.title));
    button.addEventListener("click", () => go(one));
    return make("li", {}, button);
  }));
  body.replaceChildren(all.length ? list : make("p", {}, text.say("no_events")));
}

/**
 * Writes the list and marks the events of the day.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show(view, body) {
  const isNew = !body.firstChild;
  if (isNew) frame(body);
  if (!all.length) return;
  const stops = stopsOf(view);
  const now = (day) => day <= view.on && stopOn(day, stops) === stopOn(view.on, stops);
  all.forEach(({ day }, index) => list.children[index].setAttribute("aria-current", String(now(day))));
  const current = isNew && list.querySelector("[aria-current=true]");
  if (current) list.scrollTop = current.offsetTop - list.offsetTop;
}

/**
 * Takes the ways to change the view.
 * @param {Act} given
 */
export function start(given) {
  act = given;
}
