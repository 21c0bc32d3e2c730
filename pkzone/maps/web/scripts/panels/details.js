// The panel's texts: one feature with its sources, and the changes of a day.

import { begun, byName, spans, statesOn, stopOn, stopsOf } from "../data/layers.js";
import { events, own, payload } from "../data/store.js";
import { byId, make, svg } from "../dom.js";
import * as text from "../words/text.js";
import { event, rows, sourceList, title } from "./facts.js";

const section = byId("pk-feature");

function closeButton(onClose) {
  const cross = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: "m4 4 8 8m0-8-8 8" }));
  const button = make("button", { type: "button", class: "pk-close", "aria-label": text.say("close"), title: text.say("close") }, cross);
  button.addEventListener("click", onClose);
  return button;
}

/**
 * When a feature is on the map, in words.
 * @param {{ from: string, to: string | null }} times
 */
export const span = ({ from, to }) => text.say(to ? "on_map_until" : "on_map_from", { from: text.date(from), until: to && text.date(to) });

// That a feature is not on the map on the day, when it is, and a way to go there.
function absence(layer, id, day, onDay) {
  const times = spans(layer, id).map((one) => {
    const button = make("button", { type: "button", class: "pk-button" }, text.say("go_to", { date: text.date(one.from) }));
    button.addEventListener("click", () => onDay(one.from));
    return make("li", {}, `${span(one)} `, button);
  });
  return [make("p", {}, text.say("absent", { date: text.date(day) })), make("ul", { class: "pk-times" }, times)];
}

/**
 * Shows the chosen feature as it is on the day, or that it is not on the map then.
 * @param {View} view
 * @param {() => void} onClose
 * @param {(day: string) => void} onDay
 */
export function showFeature(view, onClose, onDay) {
  section.hidden = !view.chosen;
  if (!view.chosen) return section.replaceChildren();
  const { layer: name, id } = view.chosen;
  const layer = byName.get(name);
  const any = /** @type {State} */ (layer.states.find((state) => String(state.id) === id));
  const state = statesOn(layer, view.on).find((one) => one.id === any.id);
  const heading = make("h2", { tabindex: "-1", id: "pk-feature-name", lang: text.nameIsOf(state ?? any) }, text.name(state ?? any));
  const ids = own(state?.properties ?? {}, "sources");
  section.setAttribute("aria-labelledby", "pk-feature-name");
  section.replaceChildren(
    make("div", { class: "pk-feature-head" }, heading, closeButton(onClose)),
    make("p", { class: "pk-faint" }, text.phrase(layer.title) || layer.name),
    ...(state ? [make("dl", {}, rows(state))] : absence(layer, any.id, view.on, onDay)));
  if (!any.label && Array.isArray(ids) && ids.length) section.append(make("h3", {}, text.say("source")), sourceList(ids));
}

/** Moves the focus to the feature that is open. */
export function focusFeature() {
  const heading = byId("pk-feature-name");
  heading.scrollIntoView({ block: "nearest" });
  heading.focus({ preventScroll: true });
}

/**
 * What the versions that begin on the day's stop say about it, and the events they name.
 * @param {View} view
 */
export function showChanges(view) {
  const stops = stopsOf(view);
  const stop = stopOn(view.on, stops);
  byId("pk-changes").hidden = stop < 0;
  if (stop < 0) return;
  const changes = begun(view);
  const ids = [...new Set(changes.flatMap(({ version }) => version.events))].filter((id) => events.has(id));
  byId("pk-changes").replaceChildren(
    make("h2", {}, text.say(stops[stop] === payload.dates[0] ? "begins" : "changes", { date: text.date(stops[stop]) })),
    make("ul", { class: "pk-versions" }, changes.map(({ layer, version }) =>
      make("li", {}, make("b", {}, text.phrase(layer.title) || layer.name), " ", title(version.title)))),
    make("ul", { class: "pk-events" }, ids.map((id) => event(events.get(id)))));
}
