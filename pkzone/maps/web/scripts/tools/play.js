// Plays the changes one after the other, names the events it passes, and stops for the user.
// Each step is drawn at once: there is no motion to reduce.

import { stopOn, stopsOf } from "../data/layers.js";
import { byId, make } from "../dom.js";
import { title } from "../panels/facts.js";
import * as text from "../words/text.js";
import { all } from "./events.js";

const PAUSE_MS = 1200;
const PER_EVENT_MS = 1600;
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
  timer = setTimeout(step, stays);
}

// The stop that comes after a day, if there is one.
function after(day) {
  const stops = stopsOf(act.view);
  return stops[stopOn(day, stops) + 1];
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
