"use strict";

// The layers and their versions, and the questions that the other files ask of them.
pkzone.data = (() => {
  const { payload, geometryOf } = pkzone.store;
  const { text } = pkzone;

  const layers = payload.layers.map((layer) => ({
    ...layer,
    states: layer.states.map((state, index) => ({
      key: `${layer.name}/${index}`,
      layer: layer.name,
      label: layer.label,
      id: layer.features[state.feature].id,
      properties: { ...layer.features[state.feature].shared, ...state.properties },
      geometry: geometryOf(state.geometry),
    })),
  }));
  const byName = new Map(layers.map((layer) => [layer.name, layer]));

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
  const isBase = (name) => base.includes(name);
  function begun(day) {
    const stop = payload.dates[stopOn(day)];
    return layers.filter((layer) => !layer.fixed && !isBase(layer.name))
      .map((layer) => ({ layer, version: versionOn(layer, day) }))
      .filter(({ version }) => version?.from === stop);
  }

  // The number of the slider's stop in force on a day, -1 before the first.
  function stopOn(day) {
    let stop = -1, after = payload.dates.length;
    while (after - stop > 1) {
      const middle = (stop + after) >> 1;
      if (payload.dates[middle] <= day) stop = middle;
      else after = middle;
    }
    return stop;
  }

  // A text is a day only if the calendar has it.
  function isDay(text) {
    if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(text)) return false;
    const time = Date.parse(`${text}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
  }

  // The times a feature is on the map: [{ from, to }]; to is the first day without it, or null.
  function spans(layer, id) {
    const found = [];
    for (const { states, from, to } of layer.versions) {
      if (from === to || !states.some((index) => layer.states[index].id === id)) continue;
      if (found.at(-1)?.to === from) found.at(-1).to = to;
      else found.push({ from, to });
    }
    return found;
  }

  // The layers for the legend, by group; those that no group names come last.
  function groups(titles) {
    const named = new Set(payload.style.groups.flatMap((group) => group.layers));
    const others = { id: "other", layers: layers.map((layer) => layer.name).filter((name) => !named.has(name)) };
    return [...payload.style.groups, others].map(({ id, layers: names }) => ({
      title: text.phrase(titles[id]),
      rows: names.filter((name) => byName.has(name)).map((name) => ({ name, title: text.phrase(byName.get(name).title) || name, sheets: [name] })),
    })).filter(({ rows }) => rows.length);
  }

  return { payload, layers, byName, versionOn, statesOn, isBase, begun, stopOn, isDay, spans, groups };
})();
