"use strict";

// One state, one way to change it, everything drawn from it.
(() => {
  const { payload, layers, byName, statesOn, versionOn, groups } = pkzone.data;
  const { settings, draw, labels, legend, details, facts, timeline, permalink, toolbar, search, play, compare, text, recordList } = pkzone;
  const { map } = draw;
  const view = { on: payload.on, off: new Set(), chosen: null, tool: null, filter: "", near: false, path: [], compare: null, record: null };
  let back = null; // what had the focus before a feature was opened from a list

  const isChosen = ({ layer, home = layer, id, row }) =>
    (row ? row === view.row : view.chosen?.layer === home && view.chosen.id === String(id));

  function note(name) {
    const layer = byName.get(name);
    const version = versionOn(layer, view.on);
    if (!version) return text.say("not_yet");
    if (layer.label) return text.say("row_count", { count: layer.states.length });
    if (layer.fixed) return text.say("version_fixed", { id: version.id });
    return text.say("version_since", { date: text.date(version.from) });
  }

  function refresh() {
    settings.apply(view);
    compare.apply(view);
    draw.show(compare.states(view), isChosen, choose);
    toolbar.show(view);
    labels.show();
    recordList?.show(view);
    explain();
    timeline.show(view, (on) => change({ on }));
    details.showChanges(view);
    details.showFeature(view, close, (on) => {
      change({ on });
      details.focusFeature();
    });
  }

  function explain() {
    legend.show(view.off, note, compare.hides(view));
    compare.show(view);
    recordList?.explain();
  }

  // Changes what touches neither the day nor the features drawn.
  function adjust(wanted) {
    Object.assign(view, wanted);
    compare.apply(view);
    permalink.write(view, map);
  }

  function change(wanted) {
    Object.assign(view, wanted);
    refresh();
    permalink.write(view, map);
  }

  function choose(state) {
    if (state.row) return pkzone.compareBox.reveal(state.row);
    back = null;
    change({ chosen: { layer: state.home ?? state.layer, id: String(state.id) }, record: null });
    details.focusFeature();
  }

  function close() {
    const { layer, id } = view.chosen;
    change({ chosen: null });
    (back?.isConnected ? back : draw.elementOf(layer, id) ?? map.getContainer()).focus({ preventScroll: true });
  }

  const pointsOf = (positions) => (Array.isArray(positions[0]) ? positions.flatMap(pointsOf) : [positions]);

  function fit(states) {
    const partsOf = (geometry) => geometry.parts?.flatMap(partsOf) ?? [geometry];
    const points = states.flatMap(({ geometry }) => partsOf(geometry)).flatMap((geometry) => (geometry.kind === "none" ? [] : pointsOf(geometry.positions)));
    if (points.length) map.fitBounds(points, { padding: [40, 40], maxZoom: map.getMaxZoom() - 3, animate: false });
  }

  // Goes to a feature and opens it; one not on the map on the day is shown where it was.
  function visit({ layer, id }, from = document.activeElement) {
    const off = new Set(view.off);
    off.delete(layer);
    const isIt = (state) => state.id === id;
    fit([statesOn(byName.get(layer), view.on).find(isIt) ?? byName.get(layer).states.find(isIt)]);
    change({ off, chosen: { layer, id: String(id) }, record: null });
    details.focusFeature();
    back = from;
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
    play.pause();
    Object.assign(view, wanted);
    toolbar.show(view);
    if (at) map.setView([at.lat, at.lng], at.zoom, { animate: false });
    else goHome();
    refresh();
  }

  text.spoken(text.fill);
  draw.start([...layers.map((layer) => layer.name), ...payload.style.order.filter((name) => name.startsWith("~"))]);
  labels.start();
  text.spoken(() => legend.start(groups(text.words.groups), toggle));
  settings.start(change);
  timeline.start((on) => change({ on }));
  facts.start();
  const act = { view, change, adjust, visit, fit };
  for (const part of [toolbar, search, play, compare, recordList]) part?.start(act);
  follow();
  pkzone.print.start(view);
  map.on("moveend", () => {
    labels.show();
    explain();
    toolbar.show(view);
    permalink.write(view, map);
  });
  window.addEventListener("hashchange", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view.chosen) close();
  });
})();
