"use strict";

// Makes the page ready for paper: the map in its printed size with the same view, and the
// sources of what is on it.
pkzone.print = (() => {
  const { draw, facts, text } = pkzone;
  const { own, events, sources } = pkzone.store;
  const root = document.documentElement;
  let before = null;

  function cited(view) {
    const lists = [...draw.drawn.values()].map(({ state }) => own(state.properties, "sources"));
    const told = pkzone.data.begun(view.on).flatMap(({ version }) => version.events).map((id) => events.get(id)?.sources);
    const ids = new Set([...lists, ...told].filter(Array.isArray).flat());
    return [...sources.keys()].filter((id) => ids.has(id));
  }

  function fit(bounds) {
    draw.map.invalidateSize({ animate: false, pan: false });
    draw.map.fitBounds(bounds, { animate: false });
  }

  // Several signals tell of the same printing: the first prepares, the last restores.
  function prepare(view) {
    if (before) return;
    before = { center: draw.map.getCenter(), zoom: draw.map.getZoom(), bounds: draw.map.getBounds() };
    root.classList.add("pk-printing");
    document.getElementById("pk-print").append(facts.sourceList(cited(view)));
    fit(before.bounds);
  }

  function restore() {
    if (!before) return;
    const { center, zoom } = before;
    root.classList.remove("pk-printing");
    document.querySelector("#pk-print ul").remove();
    draw.map.invalidateSize({ animate: false, pan: false });
    draw.map.setView(center, zoom, { animate: false });
    before = null;
  }

  function start(view) {
    window.addEventListener("beforeprint", () => prepare(view));
    window.addEventListener("afterprint", restore);
    window.matchMedia("print").addEventListener("change", ({ matches }) => (matches ? prepare(view) : restore()));
  }

  return { start };
})();
