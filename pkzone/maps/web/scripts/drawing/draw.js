// Draws states of features as SVG; every drawn element says its layer and id.
//
// Those too many for SVG are drawn by crowd.js, in a bundle that has it.

import { payload } from "../data/store.js";
import { allOf, firstOf, make, svg } from "../dom.js";
import * as text from "../words/text.js";
import { addPatterns, color, fillOf, liftOf, shapePath, symbolFor, table } from "./look.js";

/** The map, which folium's script has made. */
export const map = window.map_pkzone;

/**
 * What is drawn, by the keys of the states.
 * @type {Known<string, { state: State, symbol: any, parts: any[] }>}
 */
export const drawn = /** @type {any} */ (new Map());

/** Markers shrink on a small map. */
export const markerScale = () => Math.min(1, Math.max(0.55, (map.getZoom() - 4) / 5));

const Mark = /** @type {any} */ (L.CircleMarker).extend({
  _updatePath() {
    const { x, y } = this._point;
    const { shape, lift = 0 } = this.options;
    this._renderer._setPath(this, this._empty() ? "M0 0" : shapePath(shape, this._radius, x, y - lift * this._radius));
  },
});

// A letter on a marker.
const Letter = /** @type {any} */ (L.CircleMarker).extend({
  onAdd() {
    this._renderer._initPath(this);
    this._path = svg("text", { class: "pk-letter" }, this.options.letter);
    this._renderer._updateStyle(this);
    this._reset();
    this._renderer._addPath(this);
  },
  _updatePath() {
    const { x, y } = this._point;
    const place = { x, y: y - this.options.lift * this._radius, "font-size": 1.3 * this._radius };
    for (const [name, value] of Object.entries(place)) this._path.setAttribute(name, String(value));
  },
});

// What stands on the head of a pin.
function signOf(position, base, symbol) {
  const { sign, sign_color: fillColor, size: full } = symbol;
  const isLetter = sign.length === 1;
  const size = isLetter ? full : 0.45 * full;
  const look = { ...base, stroke: false, fill: true, fillColor, fillOpacity: symbol.opacity, interactive: false,
                 radius: size * markerScale(), size, lift: (liftOf(symbol) * full) / size };
  return isLetter ? new Letter(position, { ...look, letter: sign }) : new Mark(position, { ...look, shape: sign });
}

// One pane a layer, in the order of the style table.
const panes = new Map();
function addPanes(names) {
  const place = (name) => table.order.indexOf(table.order.includes(name) ? name : "*");
  const sorted = names.map((name, index) => [place(name), index, name]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  sorted.forEach(([, , name], index) => {
    const pane = `pk-${name}`;
    map.createPane(pane).style.zIndex = String(310 + index);
    panes.set(name, { pane, renderer: L.svg({ pane, padding: 0.5 }) });
  });
  // Bands lie under everything, pale as a whole, so that no overlap is darker.
  map.createPane("pk-uncertainty").style.zIndex = "309";
  panes.set("uncertainty", { pane: "pk-uncertainty", renderer: L.svg({ pane: "pk-uncertainty", padding: 0.5 }) });
}

// Elsewhere in the world than the shipped layers the borders of countries are the ground of a map; they
// are half a degree off at most, which a closer view would show.
const BORDERS_FROM = 1500; // metres to a pixel
function addBorders() {
  if (!payload.borders.length) return;
  const pane = "pk-borders";
  const { style } = map.createPane(pane);
  style.zIndex = "305";
  const fold = () => {
    style.display = metresPerPixel(map.getCenter()) < BORDERS_FROM ? "none" : "";
  };
  map.on("zoomend", fold);
  map.whenReady(fold);
  const lines = payload.borders.map((line) => line.map(([lon, lat]) => L.latLng(lat, lon)));
  L.polyline(lines, { pane, renderer: L.svg({ pane, padding: 0.5 }), color: color("boundary"), weight: 1, interactive: false }).addTo(map);
}

const heightOf = (name) => map.getPane(`pk-${name}`)?.style.zIndex ?? "";
const paneOf = (state) => state.pane ?? state.layer;

/**
 * A second pane for a layer, at the height of its own.
 * @param {string} name
 * @param {string} of
 */
export function addTwin(name, of) {
  const pane = `pk-${name}`;
  map.createPane(pane).style.zIndex = heightOf(of);
  panes.set(name, { pane, renderer: L.svg({ pane, padding: 0.5 }) });
}

function strokeOptions(stroke, opacity) {
  return {
    color: color(stroke.color), weight: stroke.width, opacity: (stroke.opacity ?? 1) * opacity,
    dashArray: stroke.dash?.length ? stroke.dash.join(" ") : null,
    lineCap: stroke.dash?.length ? "butt" : "round", fill: false, interactive: false,
  };
}

const hit = { interactive: true, bubblingMouseEvents: false, className: "pk-hit" };

// The Leaflet layers of a feature, bottom to top; exactly one of them takes the pointer.
function partsOf(state, symbol) {
  const { kind, positions } = state.geometry;
  const base = { ...panes.get(paneOf(state)), noClip: true };
  const widest = Math.max(...symbol.strokes.map((stroke) => stroke.width));
  const strokes = symbol.strokes.map((stroke) => strokeOptions(stroke, symbol.opacity));
  if (kind === "area") {
    const fill = { fill: true, fillColor: fillOf(symbol), fillOpacity: (symbol.hatch ? 1 : symbol.fill_opacity ?? 0) * symbol.opacity };
    const [first, ...more] = strokes;
    return [L.polygon(positions, { ...base, ...first, ...fill, ...hit, className: "pk-hit pk-area" }),
            ...more.map((stroke) => L.polygon(positions, { ...base, ...stroke }))];
  }
  if (kind === "line") {
    const halo = { ...base, ...hit, color: color("focus"), weight: widest + 12, opacity: 0 };
    const band = symbol.band ? [strokeOptions({ ...symbol.band, width: widest + symbol.band.width }, symbol.opacity)] : [];
    const lead = state.lead ? [L.polyline(state.lead.positions, { ...base, ...strokeOptions({ ...symbol.strokes[0], ...table.lead }, symbol.opacity), className: "pk-lead" })] : [];
    return [L.polyline(positions, halo), ...lead, ...[...band, ...strokes].map((stroke) => L.polyline(positions, { ...base, ...stroke }))];
  }
  return positions.flatMap((position) => {
    const halo = { ...base, ...hit, radius: symbol.size + 6, color: color("focus"), weight: 4, opacity: 0, fillOpacity: 0 };
    const fill = { fill: true, fillColor: fillOf(symbol), fillOpacity: symbol.opacity };
    return [new Mark(position, { ...halo, shape: liftOf(symbol) ? symbol.shape : "circle" }),
            ...strokes.map((stroke) => new Mark(position, { ...base, ...stroke, ...fill, radius: symbol.size * markerScale(), size: symbol.size, shape: symbol.shape })),
            ...(symbol.sign ? [signOf(position, base, symbol)] : [])];
  });
}

function describe(state) {
  if (state.said) return state.said;
  const { kind, status } = state.properties;
  const words = [kind && text.value("kind", kind), status && text.value("status", status)].filter(Boolean);
  return [text.name(state), ...words].join(", ");
}

// Marks an element with what it shows; the one that takes the pointer is a button.
function label(part, state, onChoose) {
  const path = part.getElement();
  Object.assign(path.dataset, state.marks ?? { layer: state.layer, id: String(state.id) });
  if (part.options.interactive) {
    part.bindTooltip(() => make("span", {}, state.said ?? text.name(state)), { sticky: true, className: "pk-tip", opacity: 1 });
  }
  path.classList.toggle("pk-quiet", Boolean(state.quiet));
  if (!part.options.interactive || state.quiet) {
    path.setAttribute("aria-hidden", "true");
    path.setAttribute("tabindex", "-1"); // a listener for focus would make it a stop for Tab
    return;
  }
  path.setAttribute("tabindex", "-1");
  path.setAttribute("role", "button");
  path.setAttribute("aria-label", describe(state));
  buttons.set(path, { part, choose: () => onChoose(state) });
  part.on("click", () => onChoose(state));
}

// All shapes are one stop for Tab: one of them takes it, and arrow keys go on to the others, bottom to top.
/** @type {WeakMap<Element, { part: any, choose: () => void }>} */
const buttons = new WeakMap();
/** @type {Element | null} */
let stop = null;
const BUTTON = "path[role=button]";
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function takeTab(element) {
  if (element === stop) return;
  stop?.setAttribute("tabindex", "-1");
  stop = element;
  stop?.setAttribute("tabindex", "0");
}

function onKey(event) {
  const button = buttons.get(event.target);
  if (!button || event.altKey || event.ctrlKey || event.metaKey) return;
  const isChosen = event.key === "Enter" || event.key === " ";
  if (!isChosen && !Object.hasOwn(STEPS, event.key)) return;
  event.preventDefault();
  if (isChosen) return button.choose();
  const all = allOf(BUTTON, map.getPane("mapPane"));
  const wanted = all.indexOf(event.target) + STEPS[event.key];
  all[Math.max(0, Math.min(all.length - 1, wanted))].focus({ preventScroll: true });
}

function onFocus({ target }) {
  const button = buttons.get(target);
  if (!button) return;
  takeTab(target);
  const bounds = button.part.getBounds?.() ?? button.part.getLatLng().toBounds(1);
  if (target.matches(":focus-visible") && !map.getBounds().intersects(bounds)) map.panTo(bounds.getCenter(), { animate: false });
}

function startKeys() {
  const pane = /** @type {HTMLElement} */ (map.getPane("mapPane"));
  pane.addEventListener("keydown", onKey);
  pane.addEventListener("focusin", onFocus);
}

// The widest band, in pixels.
const WIDEST = 600;

/** @param {L.LatLng} latlng */
const metresPerPixel = ({ lat }) => (40075016.686 * Math.cos((lat * Math.PI) / 180)) / (256 * 2 ** map.getZoom());

/**
 * Half the width of a band, in pixels: metres at the latitude; past the window it stays as it is.
 * @param {L.LatLng} latlng
 * @param {number} metres
 */
export function reach(latlng, metres) {
  return Math.min(WIDEST, metres / metresPerPixel(latlng));
}

const middle = (part) => part.getBounds?.().getCenter() ?? part.getLatLng();

function fitBand(part) {
  const pixels = reach(middle(part), part.options.metres);
  if (part.setRadius) part.setRadius(pixels);
  else part.setStyle({ weight: 2 * pixels });
}

// The band of uncertainty round a feature: a wide line, a disc, the edge of an area.
function bandOf({ pane, geometry: { kind, positions } }, metres) {
  const look = { ...panes.get(pane ? "uncertainty~a" : "uncertainty"), interactive: false, noClip: true, metres, className: "pk-doubt", opacity: 1,
                 color: color("doubt"), fillColor: color("doubt"), lineCap: "round", fillOpacity: 1 };
  if (kind === "point") return positions.map((position) => L.circleMarker(position, { ...look, stroke: false, fill: true }));
  return [(kind === "area" ? L.polygon(positions, { ...look, fill: false }) : L.polyline(positions, { ...look, fill: false }))];
}

let uncertain = false;

/**
 * Draws bands of uncertainty from now on, or none.
 * @param {boolean} on
 */
export function showUncertainty(on) {
  if (on === uncertain) return;
  uncertain = on;
  forget();
}

/**
 * The uncertainty to be drawn, 0 for none.
 * @param {State} state
 */
function metresOf({ properties: { uncertainty_m: metres } }) {
  return uncertain && typeof metres === "number" && metres > 0 ? metres : 0;
}

const bandsOf = (state) => (metresOf(state) ? bandOf(state, metresOf(state)) : []);

let crowded = false;
/** @type {((groups: Map<string, Item[]>, act: { isChosen: (state: State) => boolean, onChoose: (state: State) => void }) => void) | undefined} */
let paintCrowd;

/**
 * Gives the features that are too many for SVG to whoever draws them.
 * @param {NonNullable<typeof paintCrowd>} paint
 */
export function onCrowd(paint) {
  paintCrowd = paint;
}

function isCrowd(wanted) {
  const most = payload.canvas;
  if (!most || wanted.length > most.features) return Boolean(most);
  return wanted.reduce((sum, { geometry }) => sum + (geometry.extent?.count ?? 0), 0) > most.vertices;
}

// What is drawn by pane, from the lowest to the highest.
function showCrowd(isChosen, onChoose) {
  const names = [...panes.keys()].sort((a, b) => Number(heightOf(a)) - Number(heightOf(b)));
  /** @type {Map<string, Item[]>} */
  const groups = new Map(names.map((name) => [name, []]));
  for (const item of crowded ? drawn.values() : []) {
    groups.get(paneOf(item.state))?.push({ ...item, metres: metresOf(item.state) });
  }
  paintCrowd?.(groups, { isChosen, onChoose });
}

function add(state, onChoose) {
  if (state.geometry.kind === "none") return;
  const symbol = symbolFor(state);
  if (crowded) return drawn.set(state.key, { state, symbol, parts: [] });
  const parts = [...partsOf(state, symbol), ...bandsOf(state)];
  for (const part of parts) {
    part.addTo(map);
    label(part, state, onChoose);
    if (part.options.metres) fitBand(part);
  }
  drawn.set(state.key, { state, symbol, parts });
}

/** Forgets what is drawn, for words or a look that have changed. */
export const forget = () => [...drawn.keys()].forEach(remove);

function remove(key) {
  for (const part of drawn.get(key).parts) part.remove();
  drawn.delete(key);
}

// A collection is drawn part by part.
const drawable = (state) => state.geometry.parts?.flatMap((geometry, index) =>
  drawable({ ...state, key: `${state.key}/${index}`, geometry })) ?? [state];

/**
 * Brings the map to these states: what stays the same is not touched, so that focus and hover hold.
 * @param {State[]} wanted
 * @param {(state: State) => boolean} isChosen
 * @param {(state: State) => void} onChoose
 */
export function show(wanted, isChosen, onChoose) {
  wanted = wanted.flatMap(drawable);
  if (isCrowd(wanted) !== crowded) {
    forget();
    crowded = !crowded;
    sayWhatItIs();
  }
  const keys = new Set(wanted.map((state) => state.key));
  for (const key of [...drawn.keys()]) if (!keys.has(key)) remove(key);
  for (const state of wanted) if (!drawn.has(state.key)) add(state, onChoose);
  for (const { state, parts } of drawn.values()) {
    const chosen = isChosen(state);
    for (const part of parts) part.getElement().classList.toggle("pk-chosen", chosen && part.options.interactive);
  }
  if (!stop?.isConnected) takeTab(map.getPane("mapPane")?.querySelector(BUTTON) ?? null);
  showCrowd(isChosen, onChoose);
}

/** The window in pixels of the map's layers. */
export const windowBounds = () => L.bounds(map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint(map.getSize()));
const lines = (list) => (Array.isArray(list[0]?.[0]) ? list.flatMap(lines) : [list]);

/**
 * Whether a point lies in a ring, both in pixels.
 * @param {any[]} ring
 * @param {{ x: number, y: number }} point
 */
export function contains(ring, point) {
  let inside = false;
  ring.forEach((a, index) => {
    const b = ring.at(index - 1);
    if (a.y > point.y !== b.y > point.y && point.x < ((b.x - a.x) * (point.y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  });
  return inside;
}

// Boxes answer for most features: true and false where the box is in or out, else undefined.
function boxInView([south, west, north, east], seen) {
  if (south > seen.getNorth() || north < seen.getSouth() || west > seen.getEast() || east < seen.getWest()) return false;
  return (south >= seen.getSouth() && north <= seen.getNorth() && west >= seen.getWest() && east <= seen.getEast()) || undefined;
}

/**
 * Whether some of a geometry lies in the part of the map on view.
 * @param {Geometry} geometry
 * @param {L.Bounds} bounds
 */
function inView({ kind, positions }, bounds) {
  const runs = lines(positions).map((run) => run.map((position) => map.latLngToLayerPoint(position)));
  if (kind === "point") return runs.flat().some((point) => bounds.contains(point));
  const crosses = runs.some((run) => run.some((point, index) => index && L.LineUtil.clipSegment(run[index - 1], point, bounds)));
  if (crosses || kind === "line") return crosses;
  return runs.filter((run) => contains(run, bounds.getCenter())).length % 2 === 1;
}

/**
 * A test whether some of a geometry lies in a part of the map.
 * @param {L.Bounds} [bounds]  in pixels of the map's layers; what is on view, if not given
 * @returns {(geometry: Geometry) => boolean}
 */
export function seenIn(bounds = windowBounds()) {
  const seen = L.latLngBounds(map.layerPointToLatLng(bounds.getBottomLeft()), map.layerPointToLatLng(bounds.getTopRight()));
  /** @type {(geometry: Geometry) => boolean} */
  const test = (geometry) => geometry.parts?.some(test)
    ?? (geometry.kind !== "none" && ((geometry.extent && boxInView(geometry.extent.box, seen)) ?? inView(geometry, bounds)));
  return test;
}

/**
 * The drawn features in a part of the map, with their symbols.
 * @param {L.Bounds} [bounds]  in pixels of the map's layers; what is on view, if not given
 * @returns {Item[]}
 */
export function onView(bounds = windowBounds()) {
  const isSeen = seenIn(bounds);
  return [...drawn.values()].filter(({ state: { geometry } }) => isSeen(geometry));
}

/**
 * Whether some of a geometry is on view.
 * @param {Geometry} geometry
 * @returns {boolean}
 */
export function isOnView(geometry) {
  if (geometry.parts) return geometry.parts.some(isOnView);
  if (geometry.kind === "none") return false;
  return (geometry.extent && boxInView(geometry.extent.box, map.getBounds())) ?? inView(geometry, windowBounds());
}

/**
 * The element of a feature that takes the pointer.
 * @param {string} layer
 * @param {string} id
 */
export const elementOf = (layer, id) =>
  [...drawn.values()].find(({ state }) => (state.home ?? state.layer) === layer && String(state.id) === id && !state.quiet)
    ?.parts.find((part) => part.options.interactive)?.getElement();

const sayWhatItIs = () => map.getContainer().setAttribute("aria-label", text.say(crowded ? "map_crowded" : "map"));

/**
 * Makes the panes and patterns, and keeps symbols to the zoom.
 * @param {string[]} names  of the panes
 */
export function start(names) {
  addPatterns(firstOf("#pk-patterns defs"));
  addPanes(names);
  addBorders();
  map.attributionControl?.setPrefix(false);
  startKeys();
  map.on("zoomend", () => {
    for (const { parts } of drawn.values()) for (const part of parts) {
      if (part.options.size) part.setRadius(part.options.size * markerScale());
      if (part.options.metres) fitBand(part);
    }
  });
  map.setMinZoom(payload.max_zoom ? 1 : 4);
  text.spoken(() => {
    sayWhatItIs();
    for (const way of ["in", "out"]) {
      const button = map.zoomControl?.[`_zoom${way[0].toUpperCase()}${way.slice(1)}Button`];
      button?.setAttribute("aria-label", text.say(`zoom_${way}`));
      button?.setAttribute("title", text.say(`zoom_${way}`));
    }
    forget();
  });
  map.getContainer().setAttribute("role", "region");
}
