// A guided story: its stops, each with its text, and what the map shows at each.
//
// The text stays while the reader looks at something else; a button goes back to its stop.

import { layers } from "../data/layers.js";
import { allOf, byId, firstOf, make, svg } from "../dom.js";
import { map } from "../drawing/draw.js";
import * as labels from "../drawing/labels.js";
import * as permalink from "../tools/permalink.js";
import * as text from "../words/text.js";
import * as paper from "./paper.js";
import { citedIn, dayOf, fullText, stops } from "./stop.js";

text.add({
  story: "Guided story",
  story_back: "Back",
  story_next: "Next",
  stop_of: "Stop {number} of {count}",
  stop_again: "Back to the stop",
  stop_more: "Read on",
});

const SWIPE = 50; // pixels that a finger moves, and twice as far across as down
const HEIGHT = "70mm"; // of a picture on paper: two stops on a sheet
const MOST_KEYS = 4;
const LEFT = 4; // pixels below its last line that may be out of view
const MOVES = { ArrowLeft: -1, ArrowRight: 1 };
// What an address says of a view; a step by itself stands for all of it.
const SAID = ["on", "bbox", "at", "z", "off", "compare", "swipe", "fade", "of", "row"];
const NAMES = layers.map(({ name }) => name);
/** @type {Act} */
let act;
let isGoing = false, written = "", size = "";

/** The ids of all sources of the story, in the order in which it cites them. */
export const cited = [...new Set(stops.flatMap(citedIn))];

const arrow = (path) => svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: path }));
const button = (id, ...content) => make("button", { type: "button", class: "pk-button", id }, content);
const [before, after] = [button("pk-stop-before", arrow("M10.5 3 5.5 8l5 5"), make("span")), button("pk-stop-after", make("span"), arrow("m5.5 3 5 5-5 5"))];
const number = button("pk-stop-number");
const again = button("pk-stop-again");
const heading = make("h2", { id: "pk-stop-title", tabindex: "-1" });
const words = make("div", { id: "pk-stop-words" });
const key = make("ul", { id: "pk-stop-key" }); // of what differs, where the panel is put away
const compared = make("div", { id: "pk-stop-compared" });
const more = button("pk-stop-more", make("span"), arrow("m3 5.5 5 5 5-5")); // while there is text below what is in view
const stop = make("div", { id: "pk-stop" }, make("div", { class: "pk-stop-head" }, make("div", { "aria-live": "polite" }, heading), compared, again), key, words, more);
const list = make("ol", { id: "pk-stops", hidden: "" });
const section = make("section", { id: "pk-story" }, make("div", { id: "pk-steps" }, before, number, after), stop, list);

/** @param {StoryStop} one */
const viewOf = ({ date, layers: named, compare, of }) => ({
  on: date, off: new Set(NAMES.filter((name) => !named.includes(name))), compare: compare ?? null, of: of ?? null, swipe: null, fade: 100, row: null });

/**
 * Whether bounds are those of a stop.
 * @param {Bounds} bounds
 */
export const isStop = (bounds) => stops.some((one) => String(one.bounds) === String(bounds));

/**
 * Whether the map shows something else than the stop does.
 * @param {View} view
 * @param {StoryStop} one
 */
function isLeft(view, one) {
  const { off, ...wanted } = viewOf(one);
  const isOther = Object.entries(wanted).some(([name, value]) => view[/** @type {keyof View} */ (name)] !== value);
  return isOther || NAMES.some((name) => off.has(name) !== view.off.has(name)) || String(permalink.boundsOf(map)) !== String(one.bounds);
}

/**
 * What an address asks for: a stop, and all that it shows if nothing else is asked for.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const asked = fields.get("step") ?? "";
  const step = /^[1-9][0-9]{0,2}$/.test(asked) && Number(asked) <= stops.length ? Number(asked) : 1;
  return SAID.some((name) => fields.has(name)) ? { step } : { step, ...viewOf(stops[step - 1]), bounds: stops[step - 1].bounds };
}

function go(step) {
  const one = stops[step - 1];
  if (!one) return;
  fold();
  isGoing = true; // nothing in between counts as another view
  act.go({ ...viewOf(one), step, away: false, chosen: null, record: null }, one.bounds);
  isGoing = false;
  show(act.view);
}

const goBy = (by) => go((act.view.step ?? 1) + by);

function goAndRead(step) {
  go(step);
  heading.focus({ preventScroll: true });
}

function fold() {
  list.hidden = true;
  stop.hidden = false;
  number.setAttribute("aria-expanded", "false");
}

function unfold() {
  list.hidden = false;
  stop.hidden = true;
  number.setAttribute("aria-expanded", "true");
  const current = firstOf("[aria-current] button", list);
  list.scrollTop = current.offsetTop - list.offsetTop - list.clientHeight / 3;
  current.focus({ preventScroll: true });
}

function writeFixed() {
  section.setAttribute("aria-label", text.say("story"));
  for (const [one, key] of [[before, "story_back"], [after, "story_next"], [more, "stop_more"]]) firstOf("span", one).textContent = text.say(key);
  again.textContent = text.say("stop_again");
  list.replaceChildren(...stops.map((one, index) => {
    const to = make("button", { type: "button", class: "pk-plain" }, dayOf(one), " ", make("b", {}, fullText(one.heading)));
    to.addEventListener("click", () => goAndRead(index + 1));
    return make("li", {}, to);
  }));
}

function write(step) {
  const one = stops[step - 1];
  heading.replaceChildren(fullText(one.heading));
  compared.replaceChildren(...paper.compared(one));
  words.replaceChildren(...paper.wordsOf(one));
  number.textContent = text.say("stop_of", { number: text.number(step, 0), count: text.number(stops.length, 0) });
  before.setAttribute("aria-disabled", String(step === 1));
  after.setAttribute("aria-disabled", String(step === stops.length));
  [...list.children].forEach((item, index) => (index + 1 === step ? item.setAttribute("aria-current", "step") : item.removeAttribute("aria-current")));
  stop.tabIndex = words.querySelector("a, summary") ? -1 : 0; // what scrolls is in reach of the keys
  stop.scrollTop = 0;
}

// Says that the text goes on below what is in view.
function cue() {
  const end = firstOf("p", words).getBoundingClientRect().bottom;
  more.hidden = end <= stop.getBoundingClientRect().bottom + LEFT;
}

/**
 * Brings the text to the stop, and tells whether the map has left it.
 * @param {View} view
 */
export function show(view) {
  const step = view.step ?? 1;
  if (!isGoing) view.away = isLeft(view, stops[step - 1]);
  again.hidden = !view.away;
  key.hidden = !stops[step - 1].compare || view.away;
  if (!key.hidden) key.replaceChildren(...allOf("#pk-key:not([hidden]) li").slice(0, MOST_KEYS).map((one) => one.cloneNode(true)));
  const now = [step, text.current()].join();
  if (now !== written) write(step);
  written = now;
  cue();
}

// A map of another size shows the stop anew.
function fit() {
  const now = String(map.getSize());
  if (now === size) return;
  size = now;
  if (act.view.step !== null && !act.view.away && !isGoing) act.frame(stops[act.view.step - 1].bounds);
}

function onKey(event) {
  const by = MOVES[/** @type {keyof typeof MOVES} */ (event.key)];
  if (!by || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (!section.contains(document.activeElement) && document.activeElement !== document.body) return;
  event.preventDefault();
  goBy(by);
}

function bindSwipe() {
  /** @type {Touch | null} */
  let from = null;
  section.addEventListener("touchstart", ({ touches }) => { from = touches.length === 1 ? touches[0] : null; }, { passive: true });
  section.addEventListener("touchend", ({ changedTouches: [to] }) => {
    const [across, down] = from ? [to.clientX - from.clientX, Math.abs(to.clientY - from.clientY)] : [0, 0];
    from = null;
    if (Math.abs(across) >= SWIPE && Math.abs(across) > 2 * down) goBy(across < 0 ? 1 : -1);
  }, { passive: true });
}

/**
 * Puts all stops onto paper, each with a picture of what it shows; what is returned takes them off.
 * @param {View} view
 */
export function print(view) {
  const step = view.step ?? 1;
  isGoing = true; // until the page is on the screen again
  byId("pk-map").style.height = HEIGHT;
  map.invalidateSize({ animate: false, pan: false });
  const pictures = act.pose(stops.map((one, index) => ({ ...viewOf(one), step: index + 1, bounds: one.bounds, chosen: null, theme: "light" })), paper.picture, stops[step - 1].bounds);
  const take = paper.put(pictures, cited);
  return () => {
    take();
    isGoing = false;
    size = "";
  };
}

/**
 * Puts the story into the page and binds its controls.
 * @param {Act} given
 */
export function start(given) {
  act = given;
  byId("pk-tools").before(section);
  document.body.classList.add("pk-guided");
  size = String(map.getSize());
  text.spoken(() => { written = ""; writeFixed(); });
  number.setAttribute("aria-controls", "pk-stops");
  fold();
  before.addEventListener("click", () => goBy(-1));
  after.addEventListener("click", () => goBy(1));
  again.addEventListener("click", () => goAndRead(act.view.step));
  number.addEventListener("click", () => (list.hidden ? unfold() : fold()));
  document.addEventListener("keydown", onKey);
  section.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || list.hidden) return;
    event.stopPropagation();
    fold();
    number.focus();
  });
  more.addEventListener("click", () => stop.scrollBy(0, stop.clientHeight / 2));
  stop.addEventListener("scroll", cue, { passive: true });
  new ResizeObserver(cue).observe(stop);
  bindSwipe();
  labels.prefer(() => stops[(act.view.step ?? 1) - 1].named);
  map.on("moveend", fit);
}
