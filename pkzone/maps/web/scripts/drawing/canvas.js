// Draws features on canvases where there are more of them than SVG bears.
//
// The symbols and their order are those of SVG. A sheet is a canvas of Leaflet's with a painter of its
// own.

import { markerScale } from "./draw.js";
import { color, liftOf, shapePath } from "./look.js";

const root = document.documentElement;

/** Pixels of the world at zoom 0. */
export const WORLD = 256; // pixels of the world at zoom 0
const FARTHEST = 85.0511287798; // latitude that the map's square world ends at
const MARGIN = 40; // pixels that a symbol may reach beyond its geometry
let map, inks, hatches, shapes, sprites, view;

const Sheet = /** @type {any} */ (L.Canvas).extend({
  options: { padding: 0.25, items: [] },
  show(items) {
    this.options.items = items;
    if (this._ctx) this._redraw();
  },
  // Paints what is on view; a sheet of another kind has a way of its own.
  fill(context, bounds) {
    for (const item of this.options.items) if (reaches(item, bounds)) this.options.paint(context, item);
  },
  // Leaflet's canvas draws and asks the layers that were added to it; this one has none, and
  // leaves the pointer to the map.
  _initContainer() {
    /** @type {any} */ (L.Canvas.prototype)._initContainer.call(this);
    this._container._leaflet_disable_events = false;
  },
  _updatePaths() { this._redraw(); },
  _draw() {
    look();
    inTheme(() => (this.options.fill ?? this.fill).call(this, this._ctx, this._bounds));
  },
  _onMouseMove() {},
  _onClick() {},
  _handleMouseOut() {},
});

/**
 * How many pixels wide the world is on a map.
 * @param {any} map
 */
export const scaleOf = (map) => map.options.crs.scale(map.getZoom());

// How the world of zoom 0 lies on the map now.
function look() {
  const { x: left, y: top } = map.getPixelOrigin();
  view = { scale: scaleOf(map) / WORLD, left, top };
}

// Paper is light, whatever the screen is. Colours are read anew for each drawing.
function inTheme(paint) {
  const { theme } = root.dataset;
  const printing = root.classList.contains("pk-printing");
  if (printing) root.dataset.theme = "light";
  [inks, hatches, shapes, sprites] = [new Map(), new Map(), new Map(), new Map()];
  paint();
  if (theme) root.dataset.theme = theme;
  else delete root.dataset.theme;
}

const once = (known, key, make) => {
  if (!known.has(key)) known.set(key, make());
  return known.get(key);
};

/**
 * The colour of a token in the theme on view.
 * @param {string} token
 */
export const ink = (token) => (token.startsWith("#") ? token : once(inks, token, () => getComputedStyle(root).getPropertyValue(color(token).slice(4, -1))));

/**
 * Pixels from the western edge of the world of zoom 0, in spherical Mercator.
 * @param {number} lon
 */
export const eastOf = (lon) => WORLD * (lon / 360 + 0.5);

/**
 * Pixels from the northern edge of the world of zoom 0.
 * @param {number} lat
 */
export function downOf(lat) {
  const sine = Math.sin((Math.max(-FARTHEST, Math.min(FARTHEST, lat)) * Math.PI) / 180);
  return WORLD * (0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI));
}

const outlines = new WeakMap();
const outlineOf = (geometry) => once(outlines, geometry, () => {
  const { paths, extent: { box: [south, west, north, east] } } = geometry;
  return {
    paths: paths.map((path) => {
      const flat = new Float64Array(path.length);
      for (let i = 0; i < path.length; i += 2) [flat[i], flat[i + 1]] = [eastOf(path[i + 1]), downOf(path[i])];
      return flat;
    }),
    box: [eastOf(west), downOf(north), eastOf(east), downOf(south)],
  };
});

function reaches({ state: { geometry }, reach = 0 }, { min, max }) {
  const [west, north, east, south] = outlineOf(geometry).box;
  const { scale, left, top } = view;
  const margin = MARGIN + reach;
  return west * scale - left < max.x + margin && east * scale - left > min.x - margin &&
    north * scale - top < max.y + margin && south * scale - top > min.y - margin;
}

// Calls back with the pixels of each vertex of a path; one in the pixel of the last is left out.
function along(path, visit) {
  const { scale, left, top } = view;
  let lastX = Infinity, lastY = Infinity;
  for (let i = 0; i < path.length; i += 2) {
    const x = path[i] * scale - left, y = path[i + 1] * scale - top;
    if (i && i < path.length - 2 && Math.abs(x - lastX) + Math.abs(y - lastY) < 0.5) continue;
    visit(x, y, !i);
    lastX = x;
    lastY = y;
  }
}

function trace(context, geometry) {
  context.beginPath();
  for (const path of outlineOf(geometry).paths) {
    along(path, (x, y, isFirst) => (isFirst ? context.moveTo(x, y) : context.lineTo(x, y)));
    if (geometry.kind === "area") context.closePath();
  }
}

function hatch(context, { color: token, width, gap, angle, opacity }) {
  return once(hatches, JSON.stringify([token, width, gap, angle, opacity]), () => {
    const FINE = 4; // a tile of more pixels keeps slanted lines smooth
    const tile = document.createElement("canvas");
    tile.width = tile.height = gap * FINE;
    const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    Object.assign(pen, { fillStyle: ink(token), globalAlpha: opacity });
    pen.fillRect(0, 0, width * FINE, gap * FINE);
    const pattern = context.createPattern(tile, "repeat");
    pattern.setTransform(new DOMMatrix().rotate(angle).scale(1 / FINE));
    return pattern;
  });
}

function fill(context, symbol, opacity, path) {
  if (!symbol.hatch && !symbol.fill) return;
  context.fillStyle = symbol.hatch ? hatch(context, symbol.hatch) : ink(symbol.fill);
  context.globalAlpha = opacity;
  if (path) context.fill(path);
  else context.fill("evenodd");
}

function stroke(context, { color: token, width, dash = [], opacity = 1 }, faint, path) {
  context.setLineDash(dash);
  Object.assign(context, { strokeStyle: ink(token), lineWidth: width, globalAlpha: opacity * faint,
                           lineJoin: "round", lineCap: dash.length ? "butt" : "round" });
  if (path) context.stroke(path);
  else context.stroke();
}

function eachPoint(context, geometry, draw) {
  for (const path of outlineOf(geometry).paths) {
    for (let i = 0; i < path.length; i += 2) {
      context.save();
      context.translate(path[i] * view.scale - view.left, path[i + 1] * view.scale - view.top);
      draw();
      context.restore();
    }
  }
}

/** A marker where the context is. */
export function stamp(context, { shape: name, size: full, opacity = 1, ...symbol }, size, halo = 0) {
  const shape = once(shapes, `${name} ${size}`, () => new Path2D(shapePath(name, size, 0, 0)));
  if (halo) stroke(context, { color: "focus", width: 4 }, halo, new Path2D(shapePath(undefined, full + 6, 0, 0)));
  for (const one of symbol.strokes) {
    fill(context, symbol, opacity, shape);
    stroke(context, one, opacity, shape);
  }
  if (symbol.sign) sign(context, symbol.sign, symbol.sign_color, size, liftOf({ shape: name }) * size, opacity);
}

// What stands on the head of a pin: a letter or a shape.
function sign(context, text, token, size, lift, opacity) {
  if (text.length > 1) return fill(context, { fill: token }, opacity, new Path2D(shapePath(text, 0.45 * size, 0, -lift)));
  Object.assign(context, { fillStyle: ink(token), globalAlpha: opacity, textAlign: "center", textBaseline: "middle" });
  context.font = `600 ${1.3 * size}px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(text, 0, -lift);
}

// The picture of a marker, for each rule, size and opacity: there may be thousands of it, and a path takes far longer.
function spriteOf(symbol, size) {
  const known = once(sprites, symbol.rule, () => new Map());
  return once(known, `${size} ${symbol.opacity}`, () => {
    const fine = L.Browser.retina ? 2 : 1; // as sheets are
    const half = Math.ceil((liftOf(symbol) + 1) * size + Math.max(...symbol.strokes.map(({ width }) => width))) + 1;
    const tile = document.createElement("canvas");
    tile.width = tile.height = 2 * half * fine;
    const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
    pen.scale(fine, fine);
    pen.translate(half, half);
    stamp(pen, symbol, size);
    return { tile, half, fine };
  });
}

function paintPoint(context, geometry, symbol, size) {
  const { tile, half, fine } = spriteOf(symbol, size);
  const { scale, left, top } = view;
  context.globalAlpha = 1;
  for (const path of outlineOf(geometry).paths) {
    for (let i = 0; i < path.length; i += 2) {
      const [x, y] = [path[i] * scale - left, path[i + 1] * scale - top];
      context.drawImage(tile, Math.round((x - half) * fine) / fine, Math.round((y - half) * fine) / fine, 2 * half, 2 * half);
    }
  }
}

/** A feature; `halo` is the opacity of the light round one that is chosen or pointed at. */
export function paint(context, { state: { geometry }, symbol, halo = 0 }) {
  const size = symbol.size * markerScale();
  const { opacity, strokes } = symbol;
  if (geometry.kind === "point" && halo) return eachPoint(context, geometry, () => stamp(context, symbol, size, halo));
  if (geometry.kind === "point") return paintPoint(context, geometry, symbol, size);
  trace(context, geometry);
  const widest = Math.max(...strokes.map(({ width }) => width));
  if (geometry.kind === "area" && !halo) fill(context, symbol, (symbol.hatch ? 1 : symbol.fill_opacity ?? 0) * opacity);
  if (geometry.kind === "line" && halo) stroke(context, { color: "focus", width: widest + 12 }, halo);
  if (geometry.kind === "line" && symbol.band) stroke(context, { ...symbol.band, width: widest + symbol.band.width }, opacity);
  for (const one of strokes) stroke(context, halo > 0.5 && geometry.kind === "area" ? { ...one, width: 4 } : one, halo ? 1 : opacity);
}

/** The band of uncertainty: a wide line, the edge of an area, a disc. */
export function paintBand(context, { state: { geometry }, reach }) {
  if (geometry.kind !== "point") {
    trace(context, geometry);
    return stroke(context, { color: "doubt", width: 2 * reach }, 1);
  }
  const disc = new Path2D(shapePath(undefined, reach, 0, 0));
  eachPoint(context, geometry, () => fill(context, { fill: "doubt" }, 1, disc));
}

function distance2(x, y, ax, ay, bx, by) {
  const [dx, dy] = [bx - ax, by - ay];
  const share = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy) || 0));
  return (ax + share * dx - x) ** 2 + (ay + share * dy - y) ** 2;
}

// How far a point is from the pointer (squared), 0 for a line or area under it; else Infinity.
function gap({ state: { geometry }, symbol }, { x, y }) {
  const near = geometry.kind === "point" ? symbol.size + 8 : Math.max(...symbol.strokes.map(({ width }) => width)) / 2 + 6;
  const lift = geometry.kind === "point" ? liftOf(symbol) * symbol.size * markerScale() : 0;
  let inside = false, hit = false, least = near ** 2;
  for (const path of outlineOf(geometry).paths) {
    let lastX, lastY;
    along(path, (toX, toY, isFirst) => {
      if (geometry.kind === "point") least = Math.min(least, (toX - x) ** 2 + (toY - lift - y) ** 2);
      else if (!isFirst && geometry.kind === "line") hit ||= distance2(x, y, lastX, lastY, toX, toY) < near ** 2;
      else if (!isFirst && lastY > y !== toY > y && x < lastX + ((y - lastY) * (toX - lastX)) / (toY - lastY)) inside = !inside;
      [lastX, lastY] = [toX, toY];
    });
  }
  if (geometry.kind === "point") return least < near ** 2 ? least : Infinity;
  return hit || inside ? 0 : Infinity;
}

/**
 * The topmost of some features under a pixel of the map's layers; of points the nearest.
 * @param {Item[]} items
 * @param {L.Point} point
 * @returns {Item | undefined}
 */
export function at(items, point) {
  look();
  const spot = { min: point, max: point };
  let best, least = Infinity;
  for (let i = items.length - 1; i >= 0; i -= 1) {
    const isPoint = items[i].state.geometry.kind === "point";
    if ((best && !isPoint) || !reaches(items[i], spot)) continue;
    const far = gap(items[i], point);
    if (far < least) [best, least] = [items[i], far];
    if (best && !isPoint) break;
  }
  return best;
}

/**
 * A canvas in a pane, which paints items.
 * @param {string} pane
 * @param {(context: CanvasRenderingContext2D, item: any) => void} painter
 */
export const sheet = (pane, painter) => new Sheet({ pane, paint: painter }).addTo(map);

/**
 * A canvas in a pane, which is filled in a way of its own.
 * @param {string} pane
 * @param {(context: CanvasRenderingContext2D) => void} filler
 */
export const board = (pane, filler) => new Sheet({ pane, fill: filler }).addTo(map);

/**
 * Takes the map to draw on.
 * @param {L.Map} given
 */
export const start = (given) => { map = given; };
