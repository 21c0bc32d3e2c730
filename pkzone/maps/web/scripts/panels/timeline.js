// The date: a slider that stops where a layer in view changes, buttons, and any day typed in.

import { begun, stopOn, stopsOf } from "../data/layers.js";
import { payload } from "../data/store.js";
import { byId, fieldOf, make, onField } from "../dom.js";
import * as text from "../words/text.js";
import { typedDay } from "../words/typed-day.js";
import * as axis from "./axis.js";

export { markBase, shareOf } from "./axis.js";

const { dayNumber } = axis;
const { dates } = payload;
const isMoving = dates.length > 1;
/** @type {{ on: string, stops: string[], numbers: number[] }} */
let shown = { on: "", stops: [], numbers: [] };

// The stop nearest to a day, at least so many stops from the first and from the last.
function nearest(number, from = 0, to = shown.stops.length - 1) {
  let best = from;
  for (let index = from; index <= to; index += 1) {
    if (Math.abs(shown.numbers[index] - number) < Math.abs(shown.numbers[best] - number)) best = index;
  }
  return shown.stops[best];
}

// The stops before and after the day in view: a day between two has its own stop before it.
function around() {
  const at = stopOn(shown.on, shown.stops);
  return [shown.stops[at] === shown.on ? at - 1 : at, at + 1];
}

const STEPS = { ArrowLeft: 0, ArrowDown: 0, ArrowRight: 1, ArrowUp: 1 };

// The day that a key goes to: a stop further, a year further, the first or the last stop.
function dayFor(key) {
  const { on, stops } = shown;
  const [before, after] = around();
  if (key in STEPS) return stops[[before, after][STEPS[key]]];
  if (key === "Home") return stops[0];
  if (key === "End") return stops[stops.length - 1];
  const year = dayNumber(`${String(Number(on.slice(0, 4)) + (key === "PageUp" ? 1 : -1)).padStart(4, "0")}-${on.slice(5, 7)}-01`) + Number(on.slice(8)) - 1;
  return key === "PageUp" ? nearest(year, after) : nearest(year, 0, before);
}

const KEYS = [...Object.keys(STEPS), "Home", "End", "PageUp", "PageDown"];

function bindSlider(onDay) {
  const slider = fieldOf("pk-slider");
  let isDragged = false;
  [slider.min, slider.max] = [dates[0], dates[dates.length - 1]].map((day) => String(dayNumber(day)));
  slider.addEventListener("pointerdown", () => { isDragged = true; });
  for (const type of ["pointerup", "pointercancel"]) window.addEventListener(type, () => { isDragged = false; });
  slider.addEventListener("input", () => {
    const wanted = Number(slider.value), day = nearest(wanted);
    // Who moves it by a little, not with the pointer, wants the next stop.
    const [before, after] = around();
    const next = shown.stops[wanted < dayNumber(shown.on) ? before : after];
    slider.value = String(dayNumber(shown.on));
    if (day !== shown.on) onDay(day);
    else if (!isDragged && next && wanted !== dayNumber(day)) onDay(next);
  });
  slider.addEventListener("keydown", (event) => {
    if (!KEYS.includes(event.key) || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const day = dayFor(event.key);
    if (day && day !== shown.on) onDay(day);
  });
}

function tellOfField(said) {
  byId("pk-day-told").textContent = said;
  byId("pk-date").setAttribute("aria-invalid", String(Boolean(said)));
}

// What is not a day, or a day before the map begins, stays in the field, with the reason beside it.
function bindField(onDay) {
  const field = fieldOf("pk-date");
  onField("pk-date", "change", ({ value }) => {
    const day = typedDay(value);
    if (!day) tellOfField(text.say("date_unread", { example: dates[0] }));
    else if (day < dates[0]) tellOfField(text.say("date_early", { date: text.date(dates[0]) }));
    else onDay(day);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || field.value === shown.on) return;
    event.stopPropagation();
    field.value = shown.on;
    tellOfField("");
  });
}

// Says of a day past what is known that only the last state is drawn.
function tellBeyond({ on, compare }) {
  const isBeyond = [on, compare ?? ""].some((day) => /^[0-9]/.test(day) && payload.known && day > payload.known);
  document.body.classList.toggle("pk-past-known", isBeyond);
  byId("pk-beyond").hidden = !isBeyond;
  byId("pk-beyond").textContent = isBeyond ? text.say("not_known_after", { date: text.date(payload.known) }) : "";
}

/**
 * Draws the axis and binds the controls.
 * @param {(day: string) => void} onDay
 */
export function start(onDay) {
  byId("pk-time").hidden = !isMoving;
  if (!isMoving) return;
  axis.start();
  bindSlider(onDay);
  bindField(onDay);
}

function bindButtons(onDay) {
  const { stops } = shown;
  const [before, after] = around();
  for (const [id, day] of [["pk-before", stops[before]], ["pk-after", stops[after]]]) {
    const button = fieldOf(id);
    button.disabled = day === undefined;
    button.onclick = () => onDay(day);
  }
}

// Since when the state in view holds, and until when.
function writeSince(view, stop, next) {
  const until = text.say(next ? "until" : "last", { until: next && text.date(next) });
  byId("pk-since").replaceChildren(
    ...(stop ? [make("b", {}, text.say("since", { since: text.date(stop) })), " · "] : []), until,
    make("span", { class: "pk-titles" }, [...new Set(begun(view).map(({ version }) => text.phrase(version.title)))].filter(Boolean).join(" · ")));
}

/**
 * Brings title, slider and buttons to the day in view.
 * @param {View} view
 * @param {(day: string) => void} onDay
 */
export function show(view, onDay) {
  const title = text.phrase(payload.title);
  byId("pk-title").textContent = title;
  document.title = title;
  if (!dates.length) return; // files have no date
  byId("pk-as-of").replaceChildren(...text.around("as_of", {
    long: make("time", { datetime: view.on }, text.date(view.on)),
    iso: make("span", { class: "pk-faint" }, view.on),
  }));
  document.title = `${title}: ${text.say("as_of_short", { iso: view.on })}`;
  document.body.dataset.asOf = view.on;
  tellBeyond(view);
  if (!isMoving) return;
  const stops = stopsOf(view);
  shown = { on: view.on, stops, numbers: stops === shown.stops ? shown.numbers : stops.map(dayNumber) };
  const at = stopOn(view.on, stops);
  const slider = fieldOf("pk-slider");
  slider.value = String(dayNumber(view.on));
  slider.setAttribute("aria-valuetext", text.date(view.on));
  slider.disabled = !stops.length;
  fieldOf("pk-date").value = view.on;
  tellOfField("");
  bindButtons(onDay);
  axis.show(stops, stops[at], stops[at + 1]);
  writeSince(view, stops[at], stops[at + 1]);
}
