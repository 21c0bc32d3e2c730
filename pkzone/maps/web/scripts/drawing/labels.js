// Names: of points and lakes, of the regions around, and of layers; important ones first, and none over another.

import { payload } from "../data/store.js";
import { make } from "../dom.js";
import * as text from "../words/text.js";
import { contains, drawn, map, markerScale, windowBounds } from "./draw.js";
import { color, labelFor, liftOf } from "./look.js";

const MOST = 400; // names that are tried, the important ones first; no window has room for more
const FIRST = -2; // importance of the names that a story tells of
const PLACES = "places"; // the layer of the places that a story names
const CELL = 8; // side of the squares, in pixels, in which routes are noted, to keep names off them
const CROSSED = 2; // squares that a name without importance may cover; else it waits for a closer view
const STEPS = 8; // places along a line, and across an area, that are tried for the name of its layer
const ROWS = 24; // in which they lie in an area
let pane;
/** @type {Map<string, number>} */
const leftOut = new Map();
/** @type {() => L.Bounds[]} */
let marks = () => [];
/** @type {() => StoryStop["named"]} */
let preferred = () => [];

/**
 * Keeps names clear of marks that others draw, where there is another place for them; else the name stands on the mark.
 * @param {() => L.Bounds[]} boxes
 */
export function avoid(boxes) {
  marks = boxes;
}

/**
 * Labels places before all others, at every scale: those that a story names.
 * @param {() => StoryStop["named"]} places
 */
export function prefer(places) {
  preferred = places;
}

/**
 * Whether a place that a story names lies within a part of the map.
 * @param {L.Bounds} bounds  in pixels of the map
 */
export const isNamedIn = (bounds) => preferred().some(({ at: [lon, lat] }) => bounds.contains(toPixels([lat, lon])));

/** Makes the pane of the names. */
export function start() {
  pane = map.createPane("pk-labels");
  pane.style.zIndex = "390";
  pane.setAttribute("aria-hidden", "true");
}

/**
 * How many names of a file have no room in this view.
 * @param {string} layer
 */
export const countLeftOut = (layer) => leftOut.get(layer) ?? 0;
const leaveOut = ({ layer }) => leftOut.set(layer, countLeftOut(layer) + 1);

// Where a label may stand round its point: right, left, above, below, then the corners.
function beside({ x, y }, width, height, size) {
  const gap = size + 2;
  const [right, left, middle] = [x + gap, x - gap - width, x - width / 2];
  const [above, below, level] = [y - gap - height, y + gap, y - height / 2];
  const near = size / 2;
  return [[right, level], [left, level], [middle, above], [middle, below],
          [right, above + near], [right, below - near], [left, above + near], [left, below - near]];
}

// The middle of a marker, and half its width.
const sizeOf = (symbol) => (symbol.size ?? 0) * (liftOf(symbol) ? markerScale() : 1);
const headOf = ({ x, y }, symbol) => L.point(x, y - liftOf(symbol) * sizeOf(symbol));

const over = ({ x, y }, width, height) => [x - width / 2, y - height / 2];
const box = (x, y, width, height) => L.bounds([x, y], [x + width, y + height]);
const toPixels = (position) => map.latLngToLayerPoint(position);

const firstRing = (positions) => (Array.isArray(positions[0][0]) ? firstRing(positions[0]) : positions);
const paths = (positions) => (Array.isArray(positions[0][0]) ? positions.flatMap(paths) : [positions]);

/** @param {Geometry} geometry */
function anchorOf({ kind, positions }) {
  return toPixels(kind === "area" ? L.PolyUtil.polygonCenter(firstRing(positions), /** @type {L.CRS} */ (map.options.crs)) : positions[0]);
}

// Names in both forms take two lines: half the width finds room more often.
function element(name, kind, marks) {
  const lines = name.split(/(?<= \/) | (?=\()/).map((line) => make("span", { dir: "auto" }, line));
  const label = make("span", { class: `pk-label pk-label-${kind}` }, lines);
  Object.assign(label.dataset, marks);
  return label;
}

/**
 * A name that wants a place: the box of its text stands at one of its spots. One of a file has its layer in `of`.
 * @typedef {{ rank: number, id: string, label: HTMLElement, spots: (width: number, height: number) => number[][], mayCover?: boolean, middle?: number, of?: { layer: string } }} Wish
 */

// Of a feature that has its own name on the map; a feature of several parts has it once.
function ofFeatures(seen, bounds) {
  const named = new Set();
  return seen.filter(({ wish }) => !wish.of).map((one) => ({ ...one, point: anchorOf(one.state.geometry) }))
    .filter(({ point, state }) => {
      const name = JSON.stringify([state.marks?.layer ?? state.layer, state.id]);
      const isInView = state.geometry.kind === "line" ? map.getBounds().intersects(boundsOf(state)) : bounds.contains(point);
      return isInView && !named.has(name) && named.add(name);
    })
    .map(({ state, symbol, wish, point }) => ({
      rank: wish.rank, id: String(state.id), middle: point.x,
      ...(wish.own ? { of: { layer: state.layer } } : { mayCover: wish.rank < 2 }),
      label: element(text.name(state), wish.own && state.geometry.kind !== "point" ? "own" : state.geometry.kind, state.marks ?? { layer: state.layer, id: String(state.id) }),
      spots: spotsOf(state.geometry, point, symbol, bounds),
    }));
}

const boundsOf = ({ geometry: { extent: { box: [south, west, north, east] } } }) => L.latLngBounds([south, west], [north, east]);

// Round a point, along a line from its middle outwards, over the middle of an area and elsewhere in it.
function spotsOf({ kind, positions }, point, symbol, bounds) {
  if (kind === "point") return (width, height) => beside(headOf(point, symbol), width, height, sizeOf(symbol));
  const lines = paths(positions).map((line) => line.map(toPixels));
  if (kind === "line") return (width, height) => outwards(lines).flatMap((spot) => beside(spot, width, height, 3));
  return (width, height) => [over(point, width, height), ...inside(lines[0], bounds, width, height)];
}

// Of the junctions that a story names.
function ofJunctions(bounds) {
  return preferred().flatMap(({ id, at: [lon, lat], names }) => {
    const point = toPixels([lat, lon]);
    if (!names || !bounds.contains(point)) return [];
    return [{ rank: FIRST, id, mayCover: true, middle: point.x, label: element(text.name({ id, properties: names }), "point", { layer: "places", id }),
              spots: (width, height) => beside(point, width, height, 4) }];
  });
}

// Of the regions around, at those of their points that are on view.
function ofRegions(bounds) {
  return (payload.regions ?? []).flatMap(({ id, names, labels }) => {
    const points = labels.map(([lon, lat]) => toPixels([lat, lon])).filter((point) => bounds.contains(point));
    if (!points.length) return [];
    return [{ rank: 0.5, id, label: element(text.name({ id, properties: names }), "region", { region: id }),
              spots: (width, height) => points.map((point) => over(point, width, height)) }];
  });
}

const steps = (low, high, count) => Array.from({ length: count + 1 }, (_, index) => low + ((high - low) * index) / count);

// Points along lines, from their middle outwards.
function outwards(lines) {
  const points = lines.flatMap((line) => steps(0, line.length - 1, STEPS).map((at) => {
    const [a, b] = [line[Math.floor(at)], line[Math.ceil(at)]];
    return a.add(b.subtract(a).multiplyBy(at % 1));
  }));
  const half = points.length / 2;
  return points.map((point, index) => ({ point, off: Math.abs(index - half) })).sort((a, b) => a.off - b.off).map(({ point }) => point);
}

// Beside the lines, and on none of them.
function besideLines(lines, width, height) {
  return outwards(lines).flatMap((point) => beside(point, width, height, 8)).filter(([x, y]) => {
    const room = box(x - 4, y - 2, width + 8, height + 4);
    return !lines.some((line) => line.some((end, index) => index && L.LineUtil.clipSegment(line[index - 1], end, room)));
  });
}

// The gaps between the borders that run through a row, each as its left and right end.
function gaps(ring, top, bottom, left, right) {
  const cuts = ring.flatMap((a, index) => {
    const b = ring.at(index - 1);
    return Math.max(a.y, b.y) < top || Math.min(a.y, b.y) > bottom ? [] : [[Math.min(a.x, b.x), Math.max(a.x, b.x)]];
  }).sort((a, b) => a[0] - b[0]);
  let x = left;
  return [...cuts, [right, right]].map(([from, to]) => {
    const gap = [x, Math.min(from, right)];
    x = Math.max(x, to);
    return gap;
  });
}

// Inside an area, as near to the middle of its part on view as can be; `wide` of the width must be.
function inside(ring, bounds, width, height, wide = 1) {
  const { min, max } = /** @type {any} */ (L.bounds(ring));
  const [left, top] = [Math.max(min.x, bounds.min.x), Math.max(min.y, bounds.min.y)];
  const [right, bottom] = [Math.min(max.x, bounds.max.x), Math.min(max.y, bounds.max.y)];
  const spare = (width * (1 - wide)) / 2;
  const middle = L.point((left + right - width) / 2, (top + bottom - height) / 2);
  const points = steps(top, bottom - height, ROWS).flatMap((y) =>
    gaps(ring, y, y + height, left, right)
      .map(([from, to]) => [from - spare, to + spare])
      .filter(([from, to]) => to - from > width && contains(ring, L.point((from + to) / 2, y + height / 2)))
      .flatMap(([from, to]) => steps(from, to - width, STEPS).map((x) => L.point(x, y))));
  if (!points.length && wide === 1) return inside(ring, bounds, width, height, 0.8);
  return points.sort((a, b) => a.distanceTo(middle) - b.distanceTo(middle)).map(({ x, y }) => [x, y]);
}

// Of layers, by their titles; while two dates are compared nothing is drawn by its own layer.
function ofLayers(seen, bounds) {
  const groups = new Map();
  for (const { state, symbol, wish } of seen) {
    const title = wish.of && !state.home && payload.layers?.find((layer) => layer.name === state.layer)?.title;
    if (!title) continue;
    if (!groups.has(state.layer)) groups.set(state.layer, { title, symbol, wish, count: 0, shapes: [] });
    const isArea = state.geometry.kind === "area";
    const shapes = isArea ? [firstRing(state.geometry.positions)] : paths(state.geometry.positions);
    groups.get(state.layer).count += 1;
    groups.get(state.layer).shapes.push(...shapes.map((shape) => shape.map(toPixels)));
  }
  const all = [...drawn.values()].filter(({ state }) => groups.has(state.layer));
  const isEnough = ([layer, { wish, count }]) => count >= (wish.min_share ?? 0) * all.filter(({ state }) => state.layer === layer).length;
  return [...groups].filter(isEnough).map(([layer, { title, symbol, wish, shapes }]) => {
    const label = element(text.phrase(title), symbol.fill ? "title pk-label-narrow" : "title", { title: layer });
    label.style.color = color(symbol.strokes[0].color);
    return { rank: wish.rank, id: layer, label, mayCover: true, spots: (width, height) =>
      (symbol.fill ? shapes.flatMap((ring) => inside(ring, bounds, width, height)) : besideLines(shapes, width, height)) };
  });
}

// Of more names than there is room for those of files would be any of them: they wait for a closer view.
function withRoom(seen) {
  if (seen.length <= MOST) return seen;
  const view = map.getBounds();
  const others = seen.filter(({ wish }) => !wish.own);
  const inView = seen.filter(({ wish, state }) => wish.own && view.intersects(boundsOf(state)));
  if (inView.length <= MOST) return [...others, ...inView];
  inView.forEach(({ state }) => leaveOut(state));
  return others;
}

/** @returns {Wish[]} */
function wishes(bounds) {
  const zoom = map.getZoom();
  const first = new Set(preferred().map(({ id }) => id));
  /** @type {(state: State) => boolean} */
  const isFirst = (state) => (state.marks?.layer ?? state.layer) === PLACES && first.has(String(state.id));
  const seen = [...drawn.values()].flatMap(({ state, symbol }) => {
    const wish = isFirst(state) ? { rank: FIRST, zoom: 0 } : labelFor(state);
    return wish && zoom >= wish.zoom && (!state.label || text.isNamed(state)) ? [{ state, symbol, wish }] : [];
  });
  return [...ofFeatures(withRoom(seen), bounds), ...ofJunctions(bounds), ...ofRegions(bounds), ...ofLayers(seen, bounds)]
    .sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1)).slice(0, MOST);
}

// What no label may cover: the markers on view, and the controls on the map.
function obstacles(bounds) {
  const marks = [...drawn.values()].filter(({ state }) => state.geometry.kind === "point");
  const boxesOf = ({ state, symbol }) => {
    const { size } = symbol, lift = liftOf(symbol) * size;
    return state.geometry.positions.map(toPixels)
      .filter((place) => bounds.contains(place)).map(({ x, y }) => box(x - size, y - lift - size, 2 * size, lift ? lift + size : 2 * size));
  };
  const points = marks.flatMap(boxesOf), own = marks.filter(({ state }) => state.label).flatMap(boxesOf);
  const home = map.getContainer().getBoundingClientRect();
  const covers = [...document.querySelectorAll("#pk-small-print, .leaflet-control")].map((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const corner = map.containerPointToLayerPoint([left - home.left, top - home.top]);
    return box(corner.x, corner.y, width, height);
  });
  return { points, own, covers };
}

const cellOf = (x, y) => Math.floor(x / CELL) * 65536 + Math.floor(y / CELL);

// The squares on view that routes and links run through, not those of the base drawing.
function routes(bounds) {
  const base = payload.style.groups.find(({ id }) => id === "base")?.layers ?? [];
  const cells = new Set();
  for (const { state } of drawn.values()) {
    if (state.geometry.kind !== "line" || base.includes(state.layer)) continue;
    for (const line of paths(state.geometry.positions)) {
      const points = line.map(toPixels);
      points.forEach((point, index) => {
        const cut = index && L.LineUtil.clipSegment(points[index - 1], point, bounds);
        if (!cut) return;
        const [a, b] = cut, count = Math.ceil(a.distanceTo(b) / CELL) + 1;
        for (let step = 0; step <= count; step += 1) {
          const { x, y } = a.add(b.subtract(a).multiplyBy(step / count));
          cells.add(cellOf(x, y));
        }
      });
    }
  }
  return cells;
}

// The squares that boxes lie in.
function cellsOf(boxes) {
  const cells = new Set();
  for (const { min, max } of boxes) {
    for (let x = min.x; x < max.x + CELL; x += CELL) for (let y = min.y; y < max.y + CELL; y += CELL) cells.add(cellOf(Math.min(x, max.x), Math.min(y, max.y)));
  }
  return cells;
}

// How many of the squares a box covers.
function crossed(cells, x, y, width, height) {
  let count = 0;
  for (let right = 0; right < width + CELL; right += CELL) {
    for (let down = 0; down < height + CELL; down += CELL) {
      if (cells.has(cellOf(x + Math.min(right, width), y + Math.min(down, height)))) count += 1;
    }
  }
  return count;
}

/** Draws the labels anew for the view; called when the view or the day changes. */
export function show() {
  pane.replaceChildren();
  leftOut.clear();
  const bounds = windowBounds();
  const wanted = wishes(bounds);
  if (!wanted.length) return;
  const { points, own, covers } = obstacles(bounds);
  const cells = routes(bounds), marked = cellsOf(marks());
  pane.append(...wanted.map(({ label }) => label));
  const sizes = wanted.map(({ label }) => [label.offsetWidth, label.offsetHeight]);
  wanted.forEach(({ label, spots, mayCover, middle, of }, index) => {
    const [width, height] = sizes[index];
    const wished = spots(width, height);
    // Of the free spots the one that covers the least of the routes, and of those the first.
    const free = (taken) => {
      let best, least = Infinity;
      for (const spot of wished) {
        const here = box(spot[0], spot[1], width, height);
        if (!least || !bounds.contains(here) || taken.some((other) => other.overlaps(here))) continue;
        const count = crossed(cells, spot[0], spot[1], width, height);
        if (mayCover === false && count > CROSSED) continue;
        const cost = count + crossed(marked, spot[0], spot[1], width, height);
        if (cost < least) [best, least] = [spot, cost];
      }
      return best;
    };
    // An important name may cover a marker rather than be missing, one of a file the markers of others.
    const spot = free([...covers, ...points]) ?? (mayCover ? free(covers) : of && free([...covers, ...own]));
    if (!spot) {
      if (of) leaveOut(of);
      return label.remove();
    }
    covers.push(box(spot[0] - 2, spot[1], width + 4, height));
    label.style.transform = `translate(${Math.round(spot[0])}px, ${Math.round(spot[1])}px)`;
    label.classList.toggle("pk-left", middle !== undefined && spot[0] < middle - width / 2 - 1);
  });
}
