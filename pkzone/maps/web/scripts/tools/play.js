// Plays the changes one after the other, names the events it passes, and stops for the user.
// Each step is drawn at once: where motion is to be reduced, it is not faster than that.

import { isBase, layers, stopOn, stopsOf, versionOn } from "../data/layers.js";
import { byId, fieldOf, make, onField } from "../dom.js";
import { isOnView } from "../drawing/draw.js";
import { title } from "../panels/facts.js";
import * as text from "../words/text.js";
import { all } from "./events.js";

const PAUSE_MS = 1200;
const PER_EVENT_MS = 1600;
const LEAST_MS = 400; // no more than three flashes in a second
const PACES = [0.5, 1, 2, 4];
const still = matchMedia("(prefers-reduced-motion: reduce)");
const button = byId("pk-play");
const caption = byId("pk-passing");
let act, timer;

function dress(playing) {
  button.dataset.label = playing ? "pause" : "play";
  for (const name of ["aria-label", "title"]) button.setAttribute(name, text.say(button.dataset.label));
  document.body.classList.toggle("pk-playing", playing);
}

/** Stops where it is. */
export function pause() {
  clearTimeout(timer);
  timer = undefined;
  dress(false);
}

/** Whether it plays. */
export const isOn = () => timer !== undefined;

// Says what happened after one day up to another; returns how many events that were.
function name(after, until) {
  const passed = all.filter(({ day }) => after < day && day <= until);
  caption.replaceChildren(...passed.map(({ event }) =>
    make("p", {}, make("b", {}, text.date(event.date)), " ", title(event.title))));
  caption.hidden = !passed.length;
  return passed.length;
}

function moveTo(day, from) {
  act.change({ on: day });
  const stays = PAUSE_MS + PER_EVENT_MS * Math.min(3, name(from, day));
  const pace = still.matches ? Math.min(1, act.view.pace) : act.view.pace;
  timer = setTimeout(step, Math.max(LEAST_MS, stays / pace));
}

const statesOf = (layer, version) => version?.states.map((index) => layer.states[index]) ?? [];

// Whether something on view is drawn otherwise on one day than on another.
function changesInView(before, after) {
  const moving = layers.filter(({ name, fixed }) => !fixed && !isBase(name) && !act.view.off.has(name));
  return moving.some((layer) => {
    const [old, now] = [before, after].map((day) => versionOn(layer, day));
    if (old === now) return false;
    const [was, is] = [old, now].map((version) => statesOf(layer, version));
    return [...was.filter((state) => !is.includes(state)), ...is.filter((state) => !was.includes(state))].some(({ geometry }) => isOnView(geometry));
  });
}

// The stop to play after a day, if there is one.
function after(day) {
  const stops = stopsOf(act.view);
  return stops.slice(stopOn(day, stops) + 1).find((stop) => !act.view.here || changesInView(day, stop));
}

/**
 * How an address asks to play.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const pace = Number(fields.get("pace"));
  return { pace: PACES.includes(pace) ? pace : 1, here: fields.get("here") === "1" };
}

/**
 * How to play, as fields of the address.
 * @param {View} view
 */
export const write = ({ pace, here }) => [pace !== 1 && `pace=${pace}`, here && "here=1"].filter(Boolean);

/**
 * Brings the controls to the view.
 * @param {View} view
 */
export function show({ pace, here }) {
  fieldOf("pk-pace").value = String(pace);
  fieldOf("pk-here").checked = here;
}

function fillPaces() {
  byId("pk-pace").replaceChildren(...PACES.map((pace) => {
    const option = make("option", { value: String(pace) }, `${text.number(pace, 1)}×`);
    option.disabled = still.matches && pace > 1;
    return option;
  }));
}

function step() {
  const next = after(act.view.on);
  if (next === undefined) return pause();
  moveTo(next, act.view.on);
}

function play() {
  dress(true);
  const [first] = stopsOf(act.view);
  if (after(act.view.on) === undefined && first !== undefined) moveTo(first, "");
  else step();
}

/**
 * Binds the button, and whatever stops the playing.
 * @param {Act} given
 */
export function start(given) {
  act = given;
  caption.hidden = true;
  text.spoken(fillPaces);
  onField("pk-pace", "change", ({ value }) => act.adjust({ pace: Number(value) }));
  onField("pk-here", "change", ({ checked }) => act.adjust({ here: checked }));
  button.addEventListener("click", () => (timer === undefined ? play() : pause()));
  /** @type {(event: any) => void} */
  const stopFor = ({ target, type, key }) => {
    if (button.contains(target) && (type !== "keydown" || key === "Enter" || key === " ")) return;
    if (timer !== undefined) pause();
    else caption.hidden = true;
  };
  for (const kind of ["pointerdown", "keydown", "wheel"]) document.addEventListener(kind, stopFor, { capture: true, passive: true });
  document.addEventListener("visibilitychange", () => document.hidden && timer !== undefined && pause());
}
