"use strict";

// One state, one way to change it, everything drawn from it.
(() => {
  const { payload, layers, byName, statesOn, versionOn, groups } = pkzone.data;
  const { draw, labels, legend, details, facts, timeline, permalink, text } = pkzone;
  const { map } = draw;
  const view = { on: payload.on, off: new Set(), chosen: null };

  const isChosen = ({ layer, id }) => view.chosen?.layer === layer && view.chosen.id === String(id);

  function note(name) {
    const layer = byName.get(name);
    const version = versionOn(layer, view.on);
    if (!version) return text.say("not_yet");
    if (layer.fixed) return text.say("version_fixed", { id: version.id });
    return text.say("version_since", { date: text.date(version.from) });
  }

  function refresh() {
    const wanted = layers.filter((layer) => !view.off.has(layer.name)).flatMap((layer) => statesOn(layer, view.on));
    draw.show(wanted, isChosen, choose);
    labels.show();
    legend.show(view.off, note);
    timeline.show(view, (on) => change({ on }));
    details.showChanges(view);
    details.showFeature(view, close);
  }

  function change(wanted) {
    Object.assign(view, wanted);
    refresh();
    permalink.write(view, map);
  }

  function choose(state) {
    change({ chosen: { layer: state.layer, id: String(state.id) } });
    details.focusFeature();
  }

  function close() {
    const { layer, id } = view.chosen;
    change({ chosen: null });
    draw.elementOf(layer, id)?.focus({ preventScroll: true });
  }

  function toggle(name, on) {
    const off = new Set(view.off);
    if (on) off.delete(name);
    else off.add(name);
    change({ off });
  }

  function goHome() {
    if (!payload.home) return map.setView([0, 0], 4, { animate: false });
    const [west, south, east, north] = payload.home;
    map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [16, 16], paddingBottomRight: [16, 44], animate: false });
  }

  function follow() {
    const { at, ...wanted } = permalink.read(location.hash);
    Object.assign(view, wanted);
    if (at) map.setView([at.lat, at.lng], at.zoom, { animate: false });
    else goHome();
    refresh();
  }

  text.fill();
  draw.start(layers.map((layer) => layer.name));
  labels.start();
  legend.start(groups(text.words.groups), toggle);
  timeline.start((on) => change({ on }));
  facts.start();
  follow();
  map.on("moveend", () => {
    labels.show();
    legend.show(view.off, note);
    permalink.write(view, map);
  });
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view.chosen) close();
  });
})();
