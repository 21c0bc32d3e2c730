// The payload, and how to read what every page stores the same way.

import { byId } from "../dom.js";
import * as geodesic from "./geodesic.js";
import { unpack } from "./unpack.js";

const { text, numbers } = unpack(JSON.parse(byId("pkzone-payload").textContent ?? ""));

/**
 * What the library says to the page.
 * @type {Payload}
 */
export const payload = JSON.parse(text);

/**
 * A value of an object's own; keys come from data, so "constructor" must find nothing.
 * @param {Record<string, any>} object
 * @param {string} key
 */
export const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

/**
 * Pairs of whole numbers from their bytes (see vertex_chunks.py), the second of each pair first.
 * @param {Uint8Array} bytes
 * @returns {Int32Array}
 */
export function readPairs(bytes) {
  const pairs = new Int32Array(bytes.length / 4);
  for (let axis = 0, size = pairs.length / 2; axis < 2; axis += 1) {
    for (let i = 0, place = 0; i < size; i += 1) {
      const at = 4 * axis * size + i;
      const number = bytes[at] | (bytes[at + size] << 8) | (bytes[at + 2 * size] << 16) | (bytes[at + 3 * size] << 24);
      pairs[2 * i + 1 - axis] = place += (number >>> 1) ^ -(number & 1);
    }
  }
  return pairs;
}

// Latitude and longitude of all vertices, in millionths of a degree, one after the other;
// `starts` is where each run begins.
const vertices = readPairs(numbers);
const starts = [0];
for (const count of payload.runs) starts.push(starts[starts.length - 1] + 2 * count);

/**
 * Runs one after the other as one path.
 * @param {number[]} path  numbers of runs
 */
function joined(path) {
  const whole = new Float64Array(path.reduce((sum, run) => sum + starts[run + 1] - starts[run], 0));
  let at = 0;
  for (const run of path) {
    for (let i = starts[run]; i < starts[run + 1]; i += 1) whole[at++] = vertices[i] / 1e6;
  }
  return whole;
}

/** @param {any[]} paths */
const isNested = (paths) => Array.isArray(paths[0]);
/**
 * Paths, nested as deep as they are, each turned into something else.
 * @param {any[]} paths
 * @param {(path: number[]) => any} change
 * @returns {any}
 */
const nested = (paths, change) => (isNested(paths) ? paths.map((one) => nested(one, change)) : change(paths));
/** @type {(paths: any[]) => number[][]} */
const flattened = (paths) => (isNested(paths) ? paths.flatMap(flattened) : [paths]);

/** @param {Float64Array} flat */
const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);

/**
 * Positions of GeoJSON with latitude first, or the other way round.
 * @param {any[]} list
 * @returns {any[]}
 */
export const swap = (list) => (typeof list[0] === "number" ? [list[1], list[0]] : list.map(swap));

/** @type {Record<string, Geometry["kind"]>} */
const KINDS = { Point: "point", LineString: "line", Polygon: "area" };

// Paths for coordinates that no run can hold (more decimals, heights).
/** @param {number[][]} positions */
const flat = (positions) => Float64Array.from(positions.flatMap(([lon, lat]) => [lat, lon]));
/** @param {any[]} list */
const isPath = (list) => typeof list[0]?.[0] === "number";
/** @type {(list: any[]) => Float64Array[]} */
const flats = (list) => (isPath(list) ? [flat(list)] : list.flatMap(flats));

/**
 * How many vertices there are, and the box round them: south, west, north, east.
 * @param {ArrayLike<number>[]} paths
 * @returns {NonNullable<Geometry["extent"]>}
 */
function measure(paths) {
  /** @type {[number, number, number, number]} */
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const path of paths) {
    for (let i = 0; i < path.length; i += 1) {
      const low = i % 2, value = path[i];
      if (value < box[low]) box[low] = value;
      if (value > box[low + 2]) box[low + 2] = value;
    }
  }
  return { count: paths.reduce((sum, path) => sum + path.length / 2, 0), box };
}

/** @param {number[][][]} polygons  their rings */
const areaOf = (polygons) => polygons.reduce((sum, rings) => sum + (rings.length ? geodesic.area(rings.map(joined)) : 0), 0) / 1e6;

/**
 * A geometry as the page wants it, read when it is first asked for: most states of a long series are
 * never looked at.
 * @param {StoredGeometry} stored
 * @returns {Geometry}
 */
function readGeometry({ type, paths: stored, coordinates, geometries, length_m, area_km2 }) {
  if (geometries) return { kind: "none", parts: geometries.map(readGeometry) };
  const kind = own(KINDS, type.replace(/^Multi/, "")) ?? "none";
  if (kind === "none" || !(stored ?? coordinates).length) return { kind: "none" };
  /** @type {ArrayLike<number>[] | undefined} */
  let paths;
  /** @type {Geometry["extent"]} */
  let extent;
  const pathsOf = () => (paths ??= stored ? flattened(stored).map(joined) : flats(type === "Point" ? [coordinates] : coordinates));
  return {
    kind,
    get length_m() { return kind === "line" ? length_m ?? pathsOf().reduce((sum, path) => sum + geodesic.length(path), 0) : undefined; },
    get area_km2() { return kind === "area" ? area_km2 ?? areaOf(type === "Polygon" ? [stored ?? []] : stored ?? []) : undefined; },
    get paths() { return pathsOf(); },
    get extent() { return (extent ??= measure(pathsOf())); },
    get positions() {
      if (stored) return nested(stored, (path) => pairs(joined(path)));
      return type === "Point" ? [swap(coordinates)] : swap(coordinates);
    },
  };
}

const geometries = payload.geometries.map(readGeometry);

/**
 * A geometry by its number; none has no number.
 * @param {number | null} index
 * @returns {Geometry}
 */
export const geometryOf = (index) => geometries[index ?? -1] ?? { kind: "none" };

/**
 * The events by their ids.
 * @type {Map<string, any>}
 */
export const events = new Map(payload.events.map((event) => [event.id, event]));

/**
 * The sources by their ids.
 * @type {Map<string, any>}
 */
export const sources = new Map(payload.sources.map((source) => [source.id, source]));
