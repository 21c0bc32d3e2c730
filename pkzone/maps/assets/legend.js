"use strict";

// Layers with their switches, and under each the patterns that are on view and nothing else.
pkzone.legend = (() => {
  const { layers, versionOn } = pkzone.data;
  const { make } = pkzone.dom;
  const { table, swatch } = pkzone.look;
  const { onView } = pkzone.draw;
  const text = pkzone.text;
  const rows = new Map();
  let sure;

  function row(layer, onToggle) {
    const box = make("input", { type: "checkbox", id: `pk-layer-${layer.name}` });
    box.addEventListener("change", () => onToggle(layer.name, box.checked));
    const since = make("span", { class: "pk-faint" });
    const list = make("ul");
    const label = make("label", {}, box, make("span", {}, layer.title || layer.name));
    rows.set(layer.name, { box, since, list });
    return make("div", { class: "pk-layer" }, make("div", { class: "pk-layer-head" }, label, since), list);
  }

  function start(onToggle) {
    const named = new Set(table.groups.flatMap((group) => group.layers));
    const others = { id: "other", layers: layers.map((layer) => layer.name).filter((name) => !named.has(name)) };
    for (const group of [...table.groups, others]) {
      const members = layers.filter((layer) => group.layers.includes(layer.name));
      members.sort((a, b) => group.layers.indexOf(a.name) - group.layers.indexOf(b.name));
      if (!members.length) continue;
      document.getElementById("pk-groups").append(
        make("fieldset", {}, make("legend", {}, text.groups[group.id]), members.map((layer) => row(layer, onToggle))));
    }
    sure = make("ul");
    document.getElementById("pk-groups").append(
      make("fieldset", { id: "pk-sure" }, make("legend", {}, text.say("sure")), sure));
  }

  const entry = (symbol, kind, label) => make("li", {}, swatch(symbol, kind), make("span", {}, label));

  // Distinct rules on view, in the order of the style table.
  function entries(layer, seen) {
    const found = new Map();
    for (const { state, symbol } of seen) {
      if (state.layer === layer.name) found.set(symbol.rule, state.geometry.kind);
    }
    const order = pkzone.look.rulesOf(layer.name);
    const sorted = [...found].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
    return sorted.map(([rule, kind]) => entry(rule, kind, rule.label));
  }

  const SAMPLES = {
    line: { strokes: [{ color: "link", width: 2, dash: [] }] },
    point: { shape: "circle", size: 4.5, fill: "ink", fill_opacity: 1, strokes: [] },
  };

  function showModifiers(seen) {
    const met = table.modifiers.filter((change) => change.label && seen.some(({ symbol }) => symbol.modifiers.includes(change)));
    sure.replaceChildren(...met.map((change) => {
      const sample = { ...SAMPLES[change.sample], opacity: change.opacity };
      if (change.band) sample.band = { ...change.band, color: "link" };
      return entry(sample, change.sample, change.label);
    }));
    sure.parentElement.hidden = !met.length;
  }

  function since(layer, day) {
    const version = versionOn(layer, day);
    if (!version) return text.say("not_yet");
    if (layer.fixed) return text.say("version_fixed", { id: version.id });
    return text.say("version_since", { date: text.date(version.from) });
  }

  // Brings switches and patterns to the view.
  function show(view) {
    const seen = onView();
    for (const layer of layers) {
      const { box, since: note, list } = rows.get(layer.name);
      box.checked = !view.off.has(layer.name);
      note.textContent = since(layer, view.on);
      const patterns = entries(layer, seen);
      if (!patterns.length && box.checked) patterns.push(make("li", { class: "pk-faint" }, text.say("nothing_in_view")));
      list.replaceChildren(...patterns);
    }
    showModifiers(seen);
  }

  return { start, show };
})();
