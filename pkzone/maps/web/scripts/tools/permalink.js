// The whole state in the address: #on=2022-09-01&bbox=46,39,47.5,40.5&off=places&see=zone/core&compare=before
//
// The bounds in view, so that a window of another size shows the same; they stay those that the address
// asked for until the map is moved. Links of before, with a centre and a zoom (at=39.75,46.75&z=9), are read.

import * as days from "../compare/days.js";
import { byName, isDay, stopOn } from "../data/layers.js";
import { payload } from "../data/store.js";
import { askedFor } from "../frame.js";
import * as chart from "../panels/chart.js";
import * as settings from "../panels/settings.js";
import * as embed from "./embed.js";
import * as play from "./play.js";
import { toolOf } from "./toolbar.js";

const LONGEST = 2000;
const OURS = /^#?$|[#&](on|bbox|at|z|off|see|tool|filter|near|path|record|compare|swipe|fade|of|row|lang|theme|band|tiles|chart|pace|here|embed|step)=/;

/**
 * Whether an address is one of the page's own; of others the page takes no notice.
 * @param {string} hash
 */
export const isOurs = (hash) => OURS.test(hash);

const numbers = (value) => (value ?? "").split(",").map((part) => (/^-?[0-9]{1,3}(\.[0-9]{1,8})?$/.test(part) ? Number(part) : NaN));

function readView(fields) {
  const [lat, lng] = numbers(fields.get("at"));
  const [zoom] = numbers(fields.get("z"));
  const sound = Math.abs(lat) <= 85 && Math.abs(lng) <= 180 && zoom >= 0 && zoom <= 20;
  return sound ? { lat, lng, zoom } : null;
}

// West, south, east, north; a view of a wide window may reach beyond the date line.
function readBounds(fields) {
  const [west, south, east, north, ...more] = numbers(fields.get("bbox"));
  const sound = -540 <= west && west < east && east <= 540 && -90 <= south && south < north && north <= 90 && !more.length;
  return sound ? /** @type {Bounds} */ ([west, south, east, north]) : null;
}

function readChosen(text) {
  const [, layer, id] = /^([^/]+)\/(.*)$/s.exec(text ?? "") ?? [];
  const known = byName.get(layer)?.features.some((feature) => String(feature.id) === id);
  return known ? { layer, id } : null;
}

// Points of a measured line: 39.75,46.75;39.8,46.9
function readPath(text) {
  const points = (text ?? "").split(";").map(numbers);
  const sound = ([lat, lng, ...more]) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180 && !more.length;
  return points.every(sound) ? points : [];
}

/**
 * What an address asks for; whatever is not sound counts as not asked for. A page may have records, and a story.
 * @param {string} hash
 * @param {RecordList | null} [records]  of a page that has some
 * @param {StoryTeller | null} [story]
 */
export function read(hash, records = null, story = null) {
  const fields = new URLSearchParams(hash.length > LONGEST ? "" : hash.slice(1));
  const on = fields.get("on") ?? "";
  return {
    on: payload.dates.length > 1 && isDay(on) && stopOn(on) >= 0 ? on : payload.on,
    off: new Set((fields.get("off") ?? "").split(",").filter((name) => byName.has(name) || name === records?.NAME)),
    chosen: readChosen(fields.get("see")),
    at: readView(fields),
    bounds: readBounds(fields),
    ...settings.read(fields),
    ...chart.read(fields),
    ...play.read(fields),
    embed: askedFor(fields),
    tool: toolOf(fields.get("tool") === "download" ? "share" : fields.get("tool")), // as it was called
    filter: (fields.get("filter") ?? "").slice(0, 100),
    near: fields.get("near") === "1",
    path: readPath(fields.get("path")),
    record: records?.read(fields) ?? null,
    ...days.read(fields),
    ...story?.read(fields), // last: a stop alone stands for all that it shows
  };
}

// Browsers refuse a page that changes its address too often: then the last state waits a little.
const MOST = 30;
const WITHIN_MS = 10000;
const WAIT_MS = 400;
let times = [], waiting;

let isNew = false;

/** Has the next state stand in the history beside the one before, so that Back goes there. */
export const begin = () => { isNew = true; };

function put(address) {
  clearTimeout(waiting);
  const now = performance.now();
  times = times.filter((time) => now - time < WITHIN_MS);
  if (times.length >= MOST) {
    waiting = setTimeout(() => put(address), WAIT_MS);
    return;
  }
  times.push(now);
  const isOther = isNew && address !== location.hash;
  isNew = false;
  try {
    if (isOther) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
  } catch {
    // A page inside a notebook's frame has no address of its own.
  }
}

/** @type {{ view: string, bounds: Bounds } | null} */
let asked = null; // bounds that were asked for, and the view that shows them
const viewOf = (map) => JSON.stringify([map.getCenter(), map.getZoom()]);

/**
 * Keeps bounds in the address for as long as the map shows them and is not moved.
 * @param {L.Map} map
 * @param {Bounds | null} bounds
 */
export function keep(map, bounds) {
  asked = bounds && { view: viewOf(map), bounds };
}

/**
 * The bounds in view; what lies under a sheet does not count.
 * @param {L.Map} map
 * @returns {Bounds}
 */
export function boundsOf(map) {
  if (asked?.view === viewOf(map)) return asked.bounds;
  const { x, y } = map.getSize();
  const [low, high] = [L.point(0, y - embed.hidden()), L.point(x, 0)].map((corner) => map.containerPointToLatLng(corner));
  const digits = map.getZoom() > 13 ? 6 : 5; // a thousandth of a small window
  return /** @type {Bounds} */ ([low.lng, low.lat, high.lng, high.lat].map((value) => Number(value.toFixed(digits))));
}

/**
 * The state as fields of an address, but for the layout.
 * @param {View} view
 * @param {L.Map} map
 */
function fieldsOf(view, map) {
  /** @type {(string | false | null)[]} */
  const parts = view.step === null ? [] : [`step=${view.step}`];
  const isAtStop = view.step !== null && !view.away;
  if (!isAtStop) parts.push(view.on && `on=${view.on}`, `bbox=${boundsOf(map).join(",")}`);
  if (!isAtStop && view.off.size) parts.push(`off=${[...view.off].map(encodeURIComponent).join(",")}`);
  if (view.chosen) parts.push(`see=${encodeURIComponent(view.chosen.layer)}/${encodeURIComponent(view.chosen.id)}`);
  if (view.tool) parts.push(`tool=${view.tool}`);
  if (view.tool === "table" && view.filter) parts.push(`filter=${encodeURIComponent(view.filter)}`);
  if (view.tool === "table" && view.near) parts.push("near=1");
  if (view.tool === "measure" && view.path.length) parts.push(`path=${view.path.map((point) => point.join(",")).join(";")}`);
  if (view.record !== null) parts.push(`record=${view.record}`);
  if (!isAtStop) parts.push(...days.write(view));
  parts.push(...settings.write(view), ...chart.write(view), ...play.write(view));
  return /** @type {string[]} */ (parts.filter(Boolean));
}

/**
 * The state as fields of a link for others, without the sheet that hands it out.
 * @param {View} view
 * @param {L.Map} map
 */
export const link = (view, map) => [...fieldsOf({ ...view, tool: view.tool === "share" ? null : view.tool }, map), ...embed.inFull()];

/**
 * Writes the state into the address.
 * @param {View} view
 * @param {L.Map} map
 */
export function write(view, map) {
  const parts = fieldsOf(view, map);
  embed.address(parts);
  if (view.embed !== null) parts.push(`embed=${Number(view.embed)}`);
  put(`#${parts.join("&")}`);
}
