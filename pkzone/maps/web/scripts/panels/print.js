// Makes the page ready for paper: the map in its printed size, and the sources of what is on it.

import { begun } from "../data/layers.js";
import { events, own, sources } from "../data/store.js";
import { byId, firstOf } from "../dom.js";
import * as draw from "../drawing/draw.js";
import * as embed from "../tools/embed.js";
import { sourceList } from "./facts.js";

const root = document.documentElement;
/** @type {{ center: L.LatLng, zoom: number, bounds: L.LatLngBounds } | null} */
let before = null; // the view on the screen, while the page is printed

function cited(view) {
  const lists = [...draw.drawn.values()].map(({ state }) => own(state.properties, "sources"));
  const ofEvents = begun(view.on).flatMap(({ version }) => version.events).map((id) => events.get(id)?.sources);
  const ids = new Set([...lists, ...ofEvents].filter(Array.isArray).flat());
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
  embed.print(true);
  byId("pk-print").append(sourceList(cited(view)));
  fit(before.bounds);
}

function restore() {
  if (!before) return;
  const { center, zoom } = before;
  root.classList.remove("pk-printing");
  embed.print(false);
  firstOf("#pk-print ul").remove();
  draw.map.invalidateSize({ animate: false, pan: false });
  draw.map.setView(center, zoom, { animate: false });
  before = null;
}

/**
 * Waits for the page to be printed.
 * @param {View} view
 */
export function start(view) {
  window.addEventListener("beforeprint", () => prepare(view));
  window.addEventListener("afterprint", restore);
  window.matchMedia("print").addEventListener("change", ({ matches }) => (matches ? prepare(view) : restore()));
}
