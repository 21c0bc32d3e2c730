// Draws a layer of pkzone on a map that is not pkzone's own, and lists it in the map's legend.
//
// The library says what each feature looks like; here that becomes paths of Leaflet. Texts go in
// through textContent, all but the credit, which Leaflet takes as HTML and the library escapes.

import { make, svg } from "./dom.js";

/**
 * @typedef {{ color: string, width: number, dash: number[], opacity: number }} Line
 * @typedef {Record<"color" | "id", string> & Record<"width" | "gap" | "angle" | "opacity", number>} Pattern
 * @typedef {{ kind: string, strokes: Line[], fill?: string, fill_opacity: number, hatch?: Pattern,
 *             outline?: [number, number][] | null, size: number,
 *             sign?: { color: string, outline: [number, number][], size: number } }} Look
 * @typedef {{ geometry: { type: string, coordinates: any }, look: number, tip: string[][] }} Shown
 * @typedef {{ title: string, credit: string, level: number, looks: Look[], features: Shown[],
 *             legend: { head: string, notes: string[], entries: { look: number, label: string }[] } | null }} Data
 */

/** A line under the pointer is at least as wide as this, pixels. */
const REACH = 12;
/** How deep the positions of a geometry lie in its coordinates, one less for points. */
const DEPTHS = { LineString: 0, MultiLineString: 1, Polygon: 1, MultiPolygon: 2 };
/** Markers of the legend are at most as large, pixels. */
const LARGEST = 6.5;
const LARGEST_PIN = 5.4;
/** Below the width of this a legend is closed at first, pixels. */
const NARROW = 600;

const leaflet = () => /** @type {any} */ (L);

/** @type {(outline: [number, number][], size: number, x: number, y: number) => string} */
const pathOf = (outline, size, x, y) => `M${outline.map(([dx, dy]) => `${x + dx * size},${y + dy * size}`).join("L")}Z`;

/** A marker of any outline where Leaflet draws SVG; on its canvas a circle. */
const markerClass = () => leaflet().CircleMarker.extend({
  _updatePath() {
    const { outline, radius } = this.options;
    if (!outline || !(this._renderer instanceof leaflet().SVG)) return leaflet().CircleMarker.prototype._updatePath.call(this);
    this._renderer._setPath(this, this._empty() ? "M0 0" : pathOf(outline, radius, this._point.x, this._point.y));
  },
});

/** @type {(line: Line) => any} */
const strokeOf = ({ color, width, dash, opacity }) => ({
  color, opacity, weight: width, dashArray: dash.length ? dash.join(" ") : null, lineCap: dash.length ? "butt" : "round",
});

/** @type {(look: Look, hasPatterns: boolean) => any} */
function fillOf({ fill, fill_opacity, hatch }, hasPatterns) {
  if (hatch && hasPatterns) return { fill: true, fillColor: `url(#${hatch.id})`, fillOpacity: 1 };
  if (hatch) return { fill: true, fillColor: hatch.color, fillOpacity: 0.12 };
  return { fill: true, fillColor: fill ?? "none", fillOpacity: fill ? fill_opacity : 0 };
}

/** @type {(rows: string[][]) => Element} */
const tooltip = ([[name], ...rows]) => make("div", {}, make("b", {}, name),
  rows.map(([term, value]) => make("div", {}, term && [make("span", {}, term), " "], value)));

/** @type {(shown: Shown, look: Look) => { group: any, paths: any[], look: Look }} */
function drawn({ geometry, tip }, look) {
  const common = { className: "pkzone-path" };
  const paths = [];
  if (look.kind === "point") {
    const Marker = markerClass();
    const { coordinates, type } = geometry;
    const [edge] = look.strokes;
    for (const [lon, lat] of type === "Point" ? [coordinates] : coordinates) {
      paths.push(new Marker([lat, lon], { ...common, ...strokeOf(edge), ...fillOf(look, true), radius: look.size, outline: look.outline }));
      if (look.sign) {
        const { color, size, outline } = look.sign;
        paths.push(new Marker([lat, lon], { ...common, stroke: false, fillColor: color, fillOpacity: 1, radius: size, outline, isSign: true }));
      }
    }
  } else {
    const points = leaflet().GeoJSON.coordsToLatLngs(geometry.coordinates, DEPTHS[geometry.type]);
    const isArea = look.kind === "area";
    /** @type {(options: any) => any} */
    const put = (options) => paths.push(leaflet()[isArea ? "polygon" : "polyline"](points, { ...common, fill: false, ...options }));
    if (isArea) put({ ...fillOf(look, true), stroke: false });
    look.strokes.forEach((line) => put(strokeOf(line)));
    if (!isArea) put({ weight: Math.max(REACH, ...look.strokes.map(({ width }) => width)), opacity: 0 });
  }
  const group = leaflet().featureGroup(paths);
  group.bindTooltip(tooltip(tip), { sticky: look.kind !== "point", className: "pkzone-tip" });
  return { group, paths, look };
}

/** @type {(map: any, looks: Look[]) => void} */
function addPatterns(map, looks) {
  map.pkzonePatterns ??= map.getContainer().appendChild(svg("svg", { width: 0, height: 0, "aria-hidden": "true", class: "pkzone-patterns" }));
  for (const { hatch } of looks) {
    if (!hatch || map.pkzonePatterns.querySelector(`#${hatch.id}`)) continue;
    const { id, color, width, gap, angle, opacity } = hatch;
    const line = svg("path", { d: `M0,0V${gap}`, stroke: color, "stroke-width": 2 * width, "stroke-opacity": opacity });
    map.pkzonePatterns.append(svg("pattern", { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` }, line));
  }
}

/** @type {(look: Look) => Element} */
function swatch(look) {
  const isPin = Boolean(look.sign);
  const size = isPin ? LARGEST_PIN : Math.min(look.size, LARGEST);
  const d = look.kind === "line" ? "M1,9H39" : look.kind === "area" ? "M4,2.5H36V15.5H4Z" : "";
  const shape = () => d ? svg("path", { d, fill: "none" })
    : look.outline ? svg("path", { d: pathOf(look.outline, size, 20, isPin ? 17 : 9), fill: "none" })
    : svg("circle", { cx: 20, cy: 9, r: size, fill: "none" });
  const parts = look.strokes.map((line) => {
    const one = shape();
    const { color, weight, dashArray, opacity } = strokeOf(line);
    const attributes = { stroke: color, "stroke-width": weight, "stroke-dasharray": dashArray ?? "none", "stroke-opacity": opacity };
    for (const [name, value] of Object.entries(attributes)) one.setAttribute(name, value);
    return one;
  });
  if (look.kind !== "line") {
    const one = shape();
    const { fillColor, fillOpacity } = fillOf(look, true);
    one.setAttribute("fill", fillColor);
    one.setAttribute("fill-opacity", fillOpacity);
    parts.unshift(one);
  }
  return svg("svg", { viewBox: "0 0 40 18", width: 40, height: 18, "aria-hidden": "true" }, parts);
}

/** The one legend of a map: a part for each layer that is on it, gone with the last. */
const legendClass = () => leaflet().Control.extend({
  options: { position: "bottomright" }, // above the credits, which may be long
  /** @param {any} map */
  onAdd(map) {
    const { x: width, y: height } = map.getSize();
    const box = make("details", { class: "leaflet-bar pkzone-legend", ...(width >= NARROW ? { open: "" } : {}) }, make("summary", {}));
    box.style.maxWidth = `min(20rem, ${Math.round(width * 0.6)}px)`;
    box.style.maxHeight = `${Math.round(height * 0.45)}px`;
    leaflet().DomEvent.disableClickPropagation(box).disableScrollPropagation(box);
    return box;
  },
  /** @param {any} data */
  add({ title, looks, legend }) {
    const part = make("section", {}, make("b", {}, title), legend.notes.map((note) => make("small", {}, note)),
      make("ul", {}, legend.entries.map(({ look, label }) => make("li", {}, swatch(looks[look]), make("span", {}, label)))));
    this.getContainer().firstChild.textContent ||= legend.head;
    this.getContainer().append(part);
    return part;
  },
});

/**
 * @param {any} map
 * @param {Data} data
 */
function listed(map, data) {
  const Legend = legendClass();
  map.pkzoneLegend ??= new Legend().addTo(map);
  return map.pkzoneLegend.add(data);
}

/** @type {(map: any, part: Element) => void} */
function unlist(map, part) {
  part.remove();
  if (map.pkzoneLegend.getContainer().querySelector("section")) return;
  map.pkzoneLegend.remove();
  delete map.pkzoneLegend;
}

/** @type {(map: any, level: number) => string} */
function paneOf(map, level) {
  // What a canvas covers does not feel the pointer, so that there all share the canvas.
  if (map.options.preferCanvas) return "overlayPane";
  const name = `pkzone-${level}`;
  const pane = map.getPane(name) ?? map.createPane(name);
  pane.style.zIndex = String(level);
  return name;
}

const layerClass = () => leaflet().FeatureGroup.extend({
  /** @param {Data} data */
  initialize(data) {
    leaflet().FeatureGroup.prototype.initialize.call(this, [], { attribution: data.credit });
    this._pkzone = data;
    this._pkzoneDrawn = data.features.map((one) => drawn(one, data.looks[one.look]));
    for (const { group } of this._pkzoneDrawn) this.addLayer(group);
  },
  /** @param {any} map */
  beforeAdd(map) {
    const isCanvas = map.options.preferCanvas;
    const pane = paneOf(map, this._pkzone.level);
    for (const { paths, look } of this._pkzoneDrawn) {
      for (const { options } of paths) Object.assign(options, { pane }, options.fill && !options.isSign && fillOf(look, !isCanvas));
    }
    if (!isCanvas) addPatterns(map, this._pkzone.looks);
  },
  /** @param {any} map */
  onAdd(map) {
    leaflet().FeatureGroup.prototype.onAdd.call(this, map);
    if (this._pkzone.legend) this._pkzonePart = listed(map, this._pkzone);
  },
  /** @param {any} map */
  onRemove(map) {
    if (this._pkzonePart) unlist(map, this._pkzonePart);
    this._pkzonePart = null;
    leaflet().FeatureGroup.prototype.onRemove.call(this, map);
  },
});

/** @type {(data: Data) => any} */
window.pkzoneLayer = (data) => new (layerClass())(data);
