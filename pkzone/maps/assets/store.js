"use strict";

// The payload, and how to read what every page stores the same way.
pkzone.store = (() => {
  const payload = JSON.parse(pkzone.unpack(JSON.parse(document.getElementById("pkzone-payload").textContent)));

  // A value of an object's own; keys come from data, so "constructor" must find nothing.
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

  const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const values = new Uint8Array(128);
  [...DIGITS].forEach((digit, value) => { values[digit.charCodeAt(0)] = value; });

  // Vertices as text (see runs.py) -> [[lat, lon], ...].
  function fromText(text) {
    const positions = [];
    let east = 0, north = 0, number = 0, isNorth = false;
    for (let i = 0; i < text.length; i += 1) {
      const value = values[text.charCodeAt(i)];
      number = (number << 5) | (value & 31);
      if (value > 31) continue;
      const step = (number >>> 1) ^ -(number & 1);
      if (isNorth) {
        north += step;
        positions.push([north / 1e6, east / 1e6]);
      } else east += step;
      isNorth = !isNorth;
      number = 0;
    }
    return positions;
  }

  const runs = [];
  const piece = (one) => (typeof one === "string" ? fromText(one) : runs[one] ??= fromText(payload.runs[one]));

  // Paths, nested as deep as they are, with the positions of their pieces.
  const unfold = (paths) => (Array.isArray(paths[0]) ? paths.map(unfold) : paths.flatMap(piece));

  const swap = (list) => (typeof list[0] === "number" ? [list[1], list[0]] : list.map(swap));

  const KINDS = { Point: "point", LineString: "line", Polygon: "area" };

  // A geometry as Leaflet wants it: kind and (nested) positions, read when they are first asked
  // for: most states of a long series are never looked at. Points are always a list. A
  // collection has parts instead.
  function readGeometry({ type, paths, coordinates, geometries, length_m, area_km2 }) {
    if (geometries) return { kind: "none", parts: geometries.map(readGeometry) };
    const kind = own(KINDS, type.replace(/^Multi/, "")) ?? "none";
    if (kind === "none" || !(paths ?? coordinates).length) return { kind: "none" };
    const read = () => (paths ? unfold(paths) : type === "Point" ? [swap(coordinates)] : swap(coordinates));
    let positions;
    return { kind, length_m, area_km2, get positions() { return positions ??= read(); } };
  }

  const geometries = payload.geometries.map(readGeometry);
  const geometryOf = (index) => geometries[index] ?? { kind: "none" };

  const events = new Map(payload.events.map((event) => [event.id, event]));
  const sources = new Map(payload.sources.map((source) => [source.id, source]));

  return { payload, own, swap, geometryOf, events, sources };
})();
