"use strict";

// What the page knows: the payload, and the questions that the other files ask of it.
pkzone.data = (() => {
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
  const nothing = { kind: "none" };

  const layers = payload.layers.map((layer) => ({
    ...layer,
    states: layer.states.map((state, index) => ({
      key: `${layer.name}/${index}`,
      layer: layer.name,
      id: layer.features[state.feature].id,
      properties: { ...layer.features[state.feature].shared, ...state.properties },
      geometry: geometries[state.geometry] ?? nothing,
    })),
  }));
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const events = new Map(payload.events.map((event) => [event.id, event]));
  const sources = new Map(payload.sources.map((source) => [source.id, source]));

  // Half-open validity: in force from its first day to the day before the next version's.
  const holds = (version, day) => version.from <= day && (version.to === null || day < version.to);

  function versionOn(layer, day) {
    if (layer.fixed) return layer.versions[0];
    return layer.versions.find((version) => holds(version, day));
  }

  function statesOn(layer, day) {
    return versionOn(layer, day)?.states.map((index) => layer.states[index]) ?? [];
  }

  // The layers whose version in force began on the last stop; the base drawing tells no change.
  const base = payload.style.groups.find((group) => group.id === "base").layers;
  function begun(day) {
    const stop = payload.dates[stopOn(day)];
    return layers.filter((layer) => !layer.fixed && !base.includes(layer.name))
      .map((layer) => ({ layer, version: versionOn(layer, day) }))
      .filter(({ version }) => version?.from === stop);
  }

  // The number of the slider's stop in force on a day, -1 before the first.
  function stopOn(day) {
    let stop = payload.dates.length - 1;
    while (stop >= 0 && payload.dates[stop] > day) stop -= 1;
    return stop;
  }

  // A text is a day only if the calendar has it.
  function isDay(text) {
    if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
    const time = Date.parse(`${text}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  }

  return { payload, layers, byName, events, sources, own, versionOn, statesOn, begun, stopOn, isDay };
})();
