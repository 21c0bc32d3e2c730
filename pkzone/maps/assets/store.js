"use strict";

// The payload, and how to read what every page stores the same way.
pkzone.store = (() => {
  const payload = JSON.parse(pkzone.unpack(JSON.parse(document.getElementById("pkzone-payload").textContent)));

  // A value of an object's own; keys come from data, so "constructor" must find nothing.
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const values = new Uint8Array(128);
  [...DIGITS].forEach((digit, value) => { values[digit.charCodeAt(0)] = value; });

  // Vertices as text (see runs.py) -> latitude and longitude of each, one after the other.
  function fromText(text) {
    let last = 0;
    for (let i = 0; i < text.length; i += 1) last += values[text.charCodeAt(i)] < 32;
    const flat = new Float64Array(last);
    let east = 0, north = 0, number = 0, at = 0;
    for (let i = 0; i < text.length; i += 1) {
      const value = values[text.charCodeAt(i)];
      number = (number << 5) | (value & 31);
      if (value > 31) continue;
      const step = (number >>> 1) ^ -(number & 1);
      if (at % 2) flat[at - 1] = (north += step) / 1e6;
      else flat[at + 1] = (east += step) / 1e6;
      at += 1;
      number = 0;
    }
    return flat;
  }

  const runs = [];
  const piece = (one) => (typeof one === "string" ? fromText(one) : runs[one] ??= fromText(payload.runs[one]));

  function joined(path) {
    if (path.length === 1) return piece(path[0]);
    const pieces = path.map(piece);
    const whole = new Float64Array(pieces.reduce((sum, one) => sum + one.length, 0));
    pieces.reduce((at, one) => (whole.set(one, at), at + one.length), 0);
    return whole;
  }

  // Paths, nested as deep as they are, each turned into something else.
  const isNested = (paths) => Array.isArray(paths[0]);
  const nested = (paths, change) => (isNested(paths) ? paths.map((one) => nested(one, change)) : change(paths));
  const flattened = (paths) => (isNested(paths) ? paths.flatMap(flattened) : [paths]);

  const pairs = (flat) => Array.from({ length: flat.length / 2 }, (_, index) => [flat[2 * index], flat[2 * index + 1]]);

  const swap = (list) => (typeof list[0] === "number" ? [list[1], list[0]] : list.map(swap));

  const KINDS = { Point: "point", LineString: "line", Polygon: "area" };

  // Paths for coordinates that no text can hold (more decimals, heights).
  const flat = (positions) => Float64Array.from(positions.flatMap(([lon, lat]) => [lat, lon]));
  const isPath = (list) => typeof list[0]?.[0] === "number";
  const flats = (list) => (isPath(list) ? [flat(list)] : list.flatMap(flats));

  // How many vertices there are, and the box round them: south, west, north, east.
  function measure(paths) {
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

  // A geometry as the page wants it, read when it is first asked for: most states of a long series
  // are never looked at. `positions` are nested as Leaflet wants them, those of points a list;
  // `paths` are all its paths, latitude and longitude one after the other. A collection has parts.
  function readGeometry({ type, paths: stored, coordinates, geometries, length_m, area_km2 }) {
    if (geometries) return { kind: "none", parts: geometries.map(readGeometry) };
    const kind = own(KINDS, type.replace(/^Multi/, "")) ?? "none";
    if (kind === "none" || !(stored ?? coordinates).length) return { kind: "none" };
    let paths, extent;
    return {
      kind, length_m, area_km2,
      get paths() { return paths ??= stored ? flattened(stored).map(joined) : flats(type === "Point" ? [coordinates] : coordinates); },
      get extent() { return extent ??= measure(this.paths); },
      get positions() {
        if (stored) return nested(stored, (path) => pairs(joined(path)));
        return type === "Point" ? [swap(coordinates)] : swap(coordinates);
      },
    };
  }

  const geometries = payload.geometries.map(readGeometry);
  const geometryOf = (index) => geometries[index] ?? { kind: "none" };

  const events = new Map(payload.events.map((event) => [event.id, event]));
  const sources = new Map(payload.sources.map((source) => [source.id, source]));

  return { payload, own, swap, geometryOf, events, sources };
})();
