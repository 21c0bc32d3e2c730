// The versions shown as GeoJSON files (RFC 7946), put together from what the page holds.

import { inForce, layers } from "../data/layers.js";
import { geometryOf, payload, swap } from "../data/store.js";
import { make } from "../dom.js";
import { seenIn } from "../drawing/draw.js";
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

/**
 * Hands a file to the reader.
 * @param {string} name
 * @param {Blob} content
 */
export function save(name, content) {
  const address = URL.createObjectURL(content);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
  tell(text.say("saved", { name }));
}

const onMap = (view) => inForce(layers.filter(({ name }) => !view.off.has(name)), view.on);

// The features of the versions shown that lie in view, whole.
function seen(view) {
  const isSeen = seenIn();
  return onMap(view).flatMap(({ layer, version }) => {
    const { features } = collection(layer.name, version);
    return version.states.flatMap((index, place) => (isSeen(layer.states[index].geometry)
      ? [{ layer: layer.name, version: version.id, geometry: layer.states[index].geometry, feature: features[place] }] : []));
  });
}

/**
 * What is in view as one GeoJSON file; ids of several layers stand behind their names.
 * @param {View} view
 * @param {Record<string, unknown>} heading  members before the features
 */
export function viewCollection(view, heading) {
  const all = seen(view);
  const isOne = all.every(({ layer }) => layer === all[0].layer);
  return {
    type: "FeatureCollection",
    ...heading,
    features: all.map(({ layer, version, feature: { id, properties, ...rest } }) => ({
      ...rest, ...(id === undefined ? {} : { id: isOne ? id : `${layer}/${id}` }), properties: { layer, version, ...properties },
    })),
  };
}

/**
 * The same as rows, with the kind and the bounds of each geometry.
 * @param {View} view
 */
export function viewRows(view) {
  return seen(view).map(({ layer, version, geometry: { extent }, feature: { id, properties, geometry } }) => {
    const [south, west, north, east] = extent?.box ?? [];
    return { layer, version, id, ...properties, geometry_type: geometry?.type, west, south, east, north };
  });
}

function item({ layer, version }) {
  const less = payload.simplified_m && `simplified-${payload.simplified_m}m`;
  const name = `${[layer.name, version.id, less].filter(Boolean).join("_")}.geojson`;
  const button = make("button", { type: "button", class: "pk-button" }, name);
  button.addEventListener("click", () => save(name, new Blob([`${JSON.stringify(collection(layer.name, version))}\n`], { type: "application/geo+json" })));
  const count = text.say("row_count", { count: version.states.length });
  return make("li", {}, button, make("span", {}, text.phrase(layer.title) || layer.name), make("span", { class: "pk-faint" }, count));
}

/**
 * Writes a button for each version on view.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show(view, body) {
  const versions = onMap(view);
  const now = JSON.stringify(versions.map(({ layer, version }) => [layer.name, version.id]));
  if (body.firstChild && content === now) return;
  content = now;
  body.replaceChildren(
    make("p", { class: "pk-faint" }, text.say("download_help")),
    make("ul", { class: "pk-scroll pk-files" }, versions.map(item)));
}
