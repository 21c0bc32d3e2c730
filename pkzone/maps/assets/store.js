"use strict";

// The payload, and how to read what every page stores the same way.
pkzone.store = (() => {
  const payload = JSON.parse(pkzone.unpack(JSON.parse(document.getElementById("pkzone-payload").textContent)));

  // A value of an object's own; keys come from data, so "constructor" must find nothing.
  const own = (object, key) => (Object.hasOwn(object, key) ? object[key] : undefined);

  // Flat steps in millionths of a degree -> [[lat, lon], ...], nested as deep as the steps are.
  function unfold(steps) {
    if (Array.isArray(steps[0])) return steps.map(unfold);
    const positions = [];
    let east = 0, north = 0;
    for (let i = 0; i < steps.length; i += 2) {
      east += steps[i];
      north += steps[i + 1];
      positions.push([north / 1e6, east / 1e6]);
    }
    return positions;
  }

  const swap = (list) => (Array.isArray(list[0]) ? list.map(swap) : [list[1], list[0]]);

  const KINDS = { Point: "point", LineString: "line", Polygon: "area" };

  // A geometry as Leaflet wants it: kind and (nested) positions; points are always a list.
  function readGeometry(stored) {
    const kind = own(KINDS, stored.type.replace(/^Multi/, "")) ?? "none";
    if (kind === "none") return { kind };
    let positions = stored.steps ? unfold(stored.steps) : swap(stored.coordinates);
    if (stored.type === "Point" && !stored.steps) positions = [positions];
    return { kind, positions, length_m: stored.length_m, area_km2: stored.area_km2 };
  }

  const geometries = payload.geometries.map(readGeometry);
  const geometryOf = (index) => geometries[index] ?? { kind: "none" };

  const events = new Map(payload.events.map((event) => [event.id, event]));
  const sources = new Map(payload.sources.map((source) => [source.id, source]));

  return { payload, own, geometryOf, events, sources };
})();
