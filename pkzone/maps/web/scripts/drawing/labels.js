// Names beside points and on lakes: important ones first, and none over another.

import { make } from "../dom.js";
import * as text from "../words/text.js";
import { drawn, map, windowBounds } from "./draw.js";
import { labelFor } from "./look.js";

const MOST = 400; // names that are tried, the important ones first; no window has room for more
let pane;

/** Makes the pane of the names. */
export function start() {
  pane = map.createPane("pk-labels");
  pane.style.zIndex = "390";
  pane.setAttribute("aria-hidden", "true");
}

// Where a label may stand round its point: right, left, above, below, then the corners.
function places(kind, { x, y }, width, height, size) {
  if (kind === "area") return [[x - width / 2, y - height / 2]];
  const gap = size + 2;
  const [right, left, middle] = [x + gap, x - gap - width, x - width / 2];
  const [above, below, level] = [y - gap - height, y + gap, y - height / 2];
  const near = size / 2;
  return [[right, level], [left, level], [middle, above], [middle, below],
          [right, above + near], [right, below - near], [left, above + near], [left, below - near]];
}

const box = (x, y, width, height) => L.bounds([x, y], [x + width, y + height]);

const firstRing = (positions) => (Array.isArray(positions[0][0]) ? firstRing(positions[0]) : positions);

/** @param {Geometry} geometry */
function anchorOf({ kind, positions }) {
  return map.latLngToLayerPoint(kind === "area" ? L.PolyUtil.polygonCenter(firstRing(positions), /** @type {L.CRS} */ (map.options.crs)) : positions[0]);
}

// Names in both forms take two lines: half the width finds room more often.
function element(state, kind) {
  const parts = text.name(state).split(" / ");
  const lines = parts.map((line, index) => make("span", {}, index < parts.length - 1 ? `${line} /` : line));
  const label = make("span", { class: `pk-label pk-label-${kind}` }, lines);
  Object.assign(label.dataset, state.marks ?? { layer: state.layer, id: String(state.id) });
  return label;
}

function candidates(bounds) {
  const zoom = map.getZoom();
  const named = new Set();
  return [...drawn.values()]
    .flatMap(({ state, symbol }) => {
      const wish = labelFor(state);
      return wish && zoom >= wish.zoom ? [{ state, symbol, wish }] : [];
    })
    .map((one) => ({ ...one, point: anchorOf(one.state.geometry) }))
    .filter(({ point }) => bounds.contains(point))
    .sort((a, b) => a.wish.rank - b.wish.rank || (String(a.state.id) < String(b.state.id) ? -1 : 1))
    .filter(({ state }) => {
      const name = JSON.stringify([state.marks?.layer ?? state.layer, state.id]);
      return !named.has(name) && named.add(name);
    });
}

// What no label may cover: the markers on view, and the controls on the map.
function obstacles(bounds) {
  const marks = [...drawn.values()].filter(({ state }) => state.geometry.kind === "point");
  const points = marks.flatMap(({ state, symbol: { size } }) =>
    state.geometry.positions.map((position) => map.latLngToLayerPoint(position))
      .filter((place) => bounds.contains(place)).map(({ x, y }) => box(x - size, y - size, 2 * size, 2 * size)));
  const home = map.getContainer().getBoundingClientRect();
  const covers = [...document.querySelectorAll("#pk-small-print, .leaflet-control")].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const corner = map.containerPointToLayerPoint([left - home.left, top - home.top]);
    return box(corner.x, corner.y, width, height);
  });
  return { points, covers };
}

/** Draws the labels anew for the view; called when the view or the day changes. */
export function show() {
  pane.replaceChildren();
  const bounds = windowBounds();
  const wanted = candidates(bounds).slice(0, MOST).map((one) => ({ ...one, label: element(one.state, one.state.geometry.kind) }));
  if (!wanted.length) return;
  const { points, covers } = obstacles(bounds);
  pane.append(...wanted.map(({ label }) => label));
  const sizes = wanted.map(({ label }) => [label.offsetWidth, label.offsetHeight]);
  wanted.forEach(({ state, symbol, point, label, wish }, index) => {
    const [width, height] = sizes[index];
    const spots = places(state.geometry.kind, point, width, height, symbol.size ?? 0);
    const free = (taken) => spots.find(([x, y]) => {
      const here = box(x, y, width, height);
      return bounds.contains(here) && !taken.some((other) => other.overlaps(here));
    });
    // An important name may cover a marker rather than be missing.
    const spot = free([...covers, ...points]) ?? (wish.rank < 2 ? free(covers) : undefined);
    if (!spot) return label.remove();
    covers.push(box(spot[0] - 2, spot[1], width + 4, height));
    label.style.transform = `translate(${Math.round(spot[0])}px, ${Math.round(spot[1])}px)`;
    label.classList.toggle("pk-left", spot[0] < point.x - width / 2 - 1);
  });
}
