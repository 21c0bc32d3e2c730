// The versions shown as GeoJSON files (RFC 7946), put together from what the page holds.

import { inForce, layers } from "../data/layers.js";
import { geometryOf, payload, swap } from "../data/store.js";
import { make } from "../dom.js";
import * as text from "../words/text.js";
import { tell } from "./tell.js";

let content;

// The geometry as it came: the page's own measures are left out.
function original(index) {
  if (index === null) return null;
  const { paths, length_m: length, area_km2: area, ...rest } = payload.geometries[index];
  if (!paths) return rest;
  const coordinates = swap(geometryOf(index).positions);
  return { ...rest, coordinates: rest.type === "Point" ? coordinates[0] : coordinates };
}

/**
 * A version of a layer as GeoJSON.
 * @param {string} name
 * @param {Version} version
 */
export function collection(name, version) {
  const { features, states } = payload.layers[layers.findIndex((layer) => layer.name === name)];
  return {
    type: "FeatureCollection",
    features: version.states.map((index) => {
      const { feature, geometry, properties } = states[index];
      const { id, shared, made_up: madeUp } = features[feature];
      return { type: "Feature", ...(id === null || madeUp ? {} : { id }), properties: { ...shared, ...properties }, geometry: original(geometry) };
    }),
  };
}

function save(name, content) {
  const address = URL.createObjectURL(new Blob([`${JSON.stringify(content)}\n`], { type: "application/geo+json" }));
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  tell(text.say("saved", { name }));
}

function item({ layer, version }) {
  const less = payload.simplified_m && `simplified-${payload.simplified_m}m`;
  const name = `${[layer.name, version.id, less].filter(Boolean).join("_")}.geojson`;
  const button = make("button", { type: "button", class: "pk-button" }, name);
  button.addEventListener("click", () => save(name, collection(layer.name, version)));
  const count = text.say("row_count", { count: version.states.length });
  return make("li", {}, button, make("span", {}, text.phrase(layer.title) || layer.name), make("span", { class: "pk-faint" }, count));
}

/**
 * Writes a button for each version on view.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show(view, body) {
  const versions = inForce(layers.filter(({ name }) => !view.off.has(name)), view.on);
  const now = JSON.stringify(versions.map(({ layer, version }) => [layer.name, version.id]));
  if (body.firstChild && content === now) return;
  content = now;
  body.replaceChildren(
    make("p", { class: "pk-faint" }, text.say("download_help")),
    make("ul", { class: "pk-scroll pk-files" }, versions.map(item)));
}
