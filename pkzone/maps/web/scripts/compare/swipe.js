// The divider between two versions: the base is drawn left of it, the target right of it.

import { byId, fieldOf } from "../dom.js";
import * as draw from "../drawing/draw.js";
import * as text from "../words/text.js";
import { baseOf } from "./days.js";
import { moving } from "./difference.js";

const { map } = draw;
const [holder, line] = ["pk-divide", "pk-divider"].map(byId);
const slider = fieldOf("pk-swipe");
const THUMB = 44;
/** @type {number | null} */
let at = null; // where the divider stands, in percent
let middle;

const names = () => [...moving.map(({ name }) => name), "uncertainty"];

function clip(name, polygon) {
  const pane = map.getPane(`pk-${name}`);
  if (pane) pane.style.clipPath = polygon;
}

// The panes keep their place while the map moves under them, so the clips follow the window.
function place() {
  if (at === null) return;
  const { x: width, y: height } = map.getSize();
  const x = THUMB / 2 + (at / 100) * (width - THUMB);
  const [left, top] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint([width, height])]
    .map(({ x: east, y: south }) => [east, south]);
  middle = left[0] + x;
  const box = (west, east) => `polygon(${[[west, left[1]], [east, left[1]], [east, top[1]], [west, top[1]]].map((point) => point.map((value) => `${value}px`).join(" ")).join(", ")})`;
  for (const name of names()) {
    clip(`${name}~a`, box(left[0], middle));
    clip(name, box(middle, top[0]));
  }
  line.style.left = `${x}px`;
}

/**
 * Whether the divider keeps a pane's features from a point of the map's layers.
 * @param {string} name
 * @param {L.Point} point
 */
export const hides = (name, { x }) =>
  at !== null && (name.endsWith("~a") ? x > middle : moving.some((layer) => layer.name === name) && x < middle);

/**
 * Brings the divider to a view.
 * @param {View} view
 */
export function show(view) {
  const wanted = view.compare ? view.swipe : null;
  holder.hidden = wanted === null;
  if (wanted === null && at !== null) for (const name of names()) for (const one of [name, `${name}~a`]) clip(one, "");
  at = wanted;
  if (at === null) return;
  slider.value = String(at);
  slider.setAttribute("aria-valuetext", text.say("percent", { number: at }));
  byId("pk-side-a").replaceChildren(text.date(baseOf(view)));
  byId("pk-side-b").replaceChildren(text.date(view.on));
  place();
}

/**
 * Binds the divider.
 * @param {Act} act
 */
export function start({ adjust }) {
  slider.addEventListener("input", () => adjust({ swipe: Number(slider.value) }));
  map.on("move zoomend viewreset resize", place);
}
