// A background from a tile server, on a page that has one.
//
// It lies under everything; its switch stands in the legend.

import { payload } from "../data/store.js";
import { byId, link, make } from "../dom.js";
import * as text from "../words/text.js";
import { map } from "./draw.js";

/** @type {L.TileLayer} */
let layer;
let box, credits;

/**
 * What an address asks for.
 * @param {URLSearchParams} fields
 */
export const read = (fields) => (payload.tiles ? { tiles: fields.get("tiles") !== "0" } : {});

/**
 * The background as a field of the address.
 * @param {boolean | undefined} on
 */
export const write = (on) => (payload.tiles && !on ? ["tiles=0"] : []);

/**
 * Shows the background or hides it.
 * @param {boolean | undefined} on
 */
export function apply(on) {
  if (!payload.tiles) return;
  if (on !== map.hasLayer(layer)) layer[on ? "addTo" : "removeFrom"](map);
  box.checked = on;
  credits.hidden = !on;
}

/**
 * Adds the switch and whom to credit; calls back when it is switched.
 * @param {(on: boolean) => void} onSwitch
 */
export function start(onSwitch) {
  if (!payload.tiles) return;
  const { url, subdomains, host, credit, max_zoom: maxNativeZoom } = payload.tiles;
  text.add({ background: "Background", tiles: "Background map", tiles_from: "This map loads its background from {host}." });
  layer = L.tileLayer(url, { subdomains, maxNativeZoom, maxZoom: 24 });
  box = make("input", { type: "checkbox" });
  box.addEventListener("change", () => onSwitch(box.checked));
  const name = make("span"), from = make("p", { class: "pk-faint" }), said = make("span");
  credits = make("p", { id: "pk-credit", class: "leaflet-control" }, said, credit.map(([one, address]) => link(one, address)));
  byId("pk-groups").after(make("label", { class: "pk-check", id: "pk-tiles" }, box, name), from);
  byId("pk-small-print").before(credits);
  text.spoken(() => {
    name.textContent = text.say("tiles");
    from.textContent = text.say("tiles_from", { host });
    said.textContent = `${text.say("background")}: `;
  });
}
