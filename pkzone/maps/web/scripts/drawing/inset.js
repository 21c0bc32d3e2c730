// Where the map lies: the regions around in a corner, small, and on them the part that is on view.
//
// It stays where it covers the least of the data until the map has another size, and goes where it would cover a place that a story names. Voices pass over it:
// the names of the regions on view are no news to who hears the features.

import { payload } from "../data/store.js";
import { make, svg } from "../dom.js";
import * as text from "../words/text.js";
import { map, onView } from "./draw.js";
import { isNamedIn } from "./labels.js";

const SHARE = 0.25; // of the map's size, the root of its area, that the inset may be wide
const ACROSS = 0.3; // and of its width
const [NARROWEST, WIDEST] = [108, 150]; // in pixels; on a map too small for the narrowest, with its names, there is none
const LARGE = 0.6; // of the inset's width or height: a view of more tells by itself where it lies
const SMALL = 6; // of the mark that stands for a view too small to be seen, in pixels
const MARGIN = 10;
const CLEAR = 2; // between the frame of the view and a name
const CORNERS = /** @type {const} */ (["topright", "bottomright"]);

const base = new Set(payload.style.groups.find(({ id }) => id === "base")?.layers);
const regions = payload.regions ?? [];
const isWorld = regions.some(({ id }) => id.startsWith("world/")); // countries by a rule, the chief ones first
const points = regions.flatMap(({ outline }) => outline.flat());
const [west, east] = [Math.min, Math.max].map((of) => of(...points.map(([lon]) => lon)));
const [south, north] = [Math.min, Math.max].map((of) => of(...points.map(([, lat]) => lat)));
const stretch = 1 / Math.cos(((south + north) * Math.PI) / 360);

const control = new L.Control({ position: CORNERS[0] });
const box = make("div", { class: "pk-inset", "aria-hidden": "true" });
control.onAdd = () => box;
let width = 0, height = 0;
let drawn = ""; // what the inset shows, to draw it once
let sized = ""; // the size of the map for which it has its corner

/** @param {any[]} at */
const place = ([lon, lat]) => [((lon - west) / (east - west)) * width, ((north - lat) / (north - south)) * height];
const path = (ring) => `M${ring.map((at) => place(at).map((one) => one.toFixed(1)).join(" ")).join("L")}Z`;

function sizeOf({ x, y }) {
  const wanted = Math.min(WIDEST, Math.round(Math.sqrt(x * y) * SHARE), Math.round(x * ACROSS));
  width = wanted < NARROWEST ? 0 : wanted;
  height = Math.round((width * stretch * (north - south)) / (east - west));
}

// What the inset would cover in a corner, with a margin, in pixels of the map.
function covered({ x, y }, position) {
  const top = position === CORNERS[0] ? MARGIN : y - MARGIN - height;
  const at = (left, down) => map.containerPointToLayerPoint([left, down]);
  return L.bounds(at(x - 2 * MARGIN - width, top - MARGIN), at(x, top + height + MARGIN));
}

// The corner where the fewest features lie, the upper one where both have as many.
function corner(size) {
  const [first, last] = CORNERS.map((one) => onView(covered(size, one)).filter(({ state }) => !state.quiet && !base.has(state.layer)).length);
  return CORNERS[Number(last < first)];
}

const SHIFTS = [-1, 0, 1].flatMap((across) => [-1, 0, 1].map((down) => [across, down]));
const beside = ([x, y], { wide, high }) => SHIFTS.map(([across, down]) => [x + (across * wide) / 2, y + down * high]);

// Whether a place of the inset is in an outline: a ray from it meets the rings an odd number of times.
const holds = (outline, [x, y]) => outline.reduce((is, ring) => ring.map(place).reduce((odd, [x2, y2], index, all) => {
  const [x1, y1] = all.at(index - 1);
  return y1 > y !== y2 > y && x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1) ? !odd : odd;
}, is), false);

// Each name at the first of its points where it has room, those with few points before the others: all
// of them, so that no country is left out, or none (of the world, those that have room). One wider than half of the inset, of a part of a
// country, does not count. Where all its points are on or at the frame it goes beside one of them, but no farther than
// its middle is in its country; on the frame only where there is no other way.
function placed(names, frame) {
  const taken = [];
  const boxAt = ([x, y], { wide, high }) => L.bounds([x - wide / 2 - 1, y - high / 2 + 1], [x + wide / 2 + 1, y + high / 2 - 1]);
  return names.map((name) => {
    const isFree = (here) => here.min.x > 1 && here.max.x < width - 1 && here.min.y > 0 && here.max.y < height && !taken.some((other) => other.overlaps(here));
    const free = (spots) => spots.filter((at) => isFree(boxAt(at, name)));
    const isClear = (at) => !frame.overlaps(boxAt(at, name));
    const own = name.labels.map(place);
    const first = free(own);
    const spot = first.find(isClear) ?? free(own.flatMap((at) => beside(at, name))).find((at) => isClear(at) && holds(name.outline, at)) ?? first[0];
    if (spot) taken.push(boxAt(spot, name));
    return spot;
  });
}

function nameThem(image, { x, y, width: across, height: down }) {
  const names = [...regions].sort((a, b) => (isWorld ? 0 : a.labels.length - b.labels.length)).flatMap(({ id, names: properties, labels, outline }) => {
    const element = svg("text", {}, text.name({ id, properties }));
    image.append(element);
    const { y: above, width: wide, height: high } = element.getBBox();
    if (wide <= width / 2) return [{ element, labels, outline, wide, high, lower: -above - high / 2 }];
    element.remove();
    return [];
  });
  const spots = placed(names, L.bounds([x - CLEAR, y - CLEAR], [x + across + CLEAR, y + down + CLEAR]));
  names.forEach(({ element, lower }, index) => {
    if (!(isWorld ? spots[index] : spots.every(Boolean))) return element.remove();
    element.setAttribute("x", spots[index][0].toFixed(1));
    element.setAttribute("y", (spots[index][1] + lower).toFixed(1));
  });
}

function frameOf(bounds) {
  const [[left, top], [right, bottom]] = [[bounds.getWest(), bounds.getNorth()], [bounds.getEast(), bounds.getSouth()]].map(place);
  const [wide, high] = [Math.max(SMALL, right - left), Math.max(SMALL, bottom - top)];
  const isThere = left < width && right > 0 && top < height && bottom > 0;
  if (!isThere || right - left > LARGE * width || bottom - top > LARGE * height) return null;
  return { x: (left + right - wide) / 2, y: (top + bottom - high) / 2, width: wide, height: high };
}

/** Chooses the corner anew when the inset is brought to the map next. */
export function loosen() {
  sized = "";
  drawn = "";
}

const isOnPaper = () => document.documentElement.classList.contains("pk-printing"); // whose letters have 6.5 points at least

/** Brings the inset to the part of the map on view; called before the names find their places. */
export function show() {
  if (!points.length) return;
  const [size, bounds] = [map.getSize(), map.getBounds()];
  const now = `${size} ${bounds.toBBoxString()} ${text.current()}`;
  if (now === drawn) return;
  drawn = now;
  sizeOf(size);
  const frame = width ? frameOf(bounds) : null;
  if (!frame) return control.remove();
  if (sized !== String(size)) control.setPosition(corner(size));
  sized = String(size);
  if (isNamedIn(covered(size, control.options.position))) return control.remove();
  control.addTo(map);
  const image = svg("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "font-size": Math.max(isOnPaper() ? 8.7 : 8, width * 0.06) },
    regions.map(({ outline }) => svg("path", { d: outline.map(path).join("") })));
  box.replaceChildren(image);
  image.append(svg("rect", frame));
  nameThem(image, frame);
}
