// The page of layers: one state, one way to change it, everything drawn from it.

import * as box from "./compare/box.js";
import * as compare from "./compare/compare.js";
import { around, byName, groups, layers, statesOn, versionOn } from "./data/layers.js";
import { payload } from "./data/store.js";
import { byId, firstOf } from "./dom.js";
import * as draw from "./drawing/draw.js";
import * as inset from "./drawing/inset.js";
import * as labels from "./drawing/labels.js";
import * as chart from "./panels/chart.js";
import * as details from "./panels/details.js";
import * as facts from "./panels/facts.js";
import * as files from "./panels/file-notes.js";
import * as legend from "./panels/legend.js";
import * as print from "./panels/print.js";
import * as settings from "./panels/settings.js";
import * as simplified from "./panels/simplified.js";
import * as timeline from "./panels/timeline.js";
import * as embed from "./tools/embed.js";
import * as gestures from "./tools/gestures.js";
import * as permalink from "./tools/permalink.js";
import * as play from "./tools/play.js";
import * as search from "./tools/search.js";
import * as toolbar from "./tools/toolbar.js";
import * as text from "./words/text.js";

const { map } = draw;

/** @type {View} */
const view = { on: payload.on, off: new Set(), chart: null, pace: 1, here: false, chosen: null, tool: null, filter: "", near: false, path: [], compare: null, swipe: null, fade: 100, of: null, row: null, record: null, step: null, away: false, lang: text.opening, theme: "auto", band: false, embed: null };
/** @type {RecordList | null} */
let records = null; // on a page that has some
/** @type {StoryTeller | null} */
let story = null; // as well
/** @type {HTMLElement | SVGElement | null} */
let back = null; // what had the focus before a feature was opened from a list

/** @type {(state: State) => boolean} */
const isChosen = ({ layer, home = layer, id, row }) =>
  (row ? row === view.row : view.chosen?.layer === home && view.chosen?.id === String(id));

function note(name) {
  const layer = byName.get(name);
  const version = versionOn(layer, view.on);
  if (!version) return text.say("not_yet");
  if (layer.label) return text.say("row_count", { count: version.states.length });
  if (layer.fixed) return text.say("version_fixed", { id: version.id });
  return text.say("version_since", { date: text.date(version.from) });
}

const emptinessOf = (name) => files.emptiness(byName.get(name));

// On a page that shows nothing at all, the map says why.
function tellEmpty() {
  const reasons = payload.home ? [] : layers.map(({ name }) => emptinessOf(name)).filter(Boolean);
  document.body.classList.toggle("pk-nothing", reasons.length > 0);
  if (!reasons.length) return;
  byId("pk-beyond").hidden = false;
  byId("pk-beyond").textContent = reasons.join(" ");
}

function refresh() {
  settings.apply(view);
  compare.apply(view);
  draw.show(compare.states(view), isChosen, choose);
  toolbar.show(view);
  inset.show();
  records?.show(view);
  labels.show();
  explain();
  story?.show(view);
  timeline.show(view, (on) => change({ on }));
  chart.show(view);
  play.show(view);
  details.showChanges(view);
  details.showFeature(view, close, (on) => {
    change({ on });
    details.focusFeature();
  });
  embed.show(view);
}

function explain() {
  legend.show(view.off, note, compare.hides(view), emptinessOf, (name) => files.notes(byName.get(name), labels.countLeftOut(name)));
  compare.show(view);
  records?.explain();
}

// Changes what touches neither the day nor the features drawn.
function adjust(wanted) {
  Object.assign(view, wanted);
  compare.apply(view);
  permalink.write(view, map);
}

// What makes an entry in the history: another day, comparison, feature, stop of a story. A drag of the slider is one, playing none.
const STEPS = ["on", "compare", "chosen", "record", "step"];
let isSliding = false, isLate = false, isMoving = false;

function begin(wanted) {
  const isStep = STEPS.some((name) => name in wanted && JSON.stringify(wanted[name]) !== JSON.stringify(view[name]));
  if (isStep && !isLate && !play.isOn()) permalink.begin();
  isLate = isSliding;
}

// The bounds handed out are kept for as long as the map is not moved, and an open sheet says them.
function keep(bounds) {
  permalink.keep(map, bounds);
  toolbar.show(view);
}

function change(wanted) {
  begin(wanted);
  const bounds = wanted.tool === "share" ? permalink.boundsOf(map) : null; // the sheet hands out what was in view before it
  Object.assign(view, wanted);
  refresh();
  if (bounds) keep(bounds);
  permalink.write(view, map);
}

function choose(state) {
  if (state.row) return box.reveal(state.row);
  back = null;
  change({ chosen: { layer: state.home ?? state.layer, id: String(state.id) }, record: null });
  details.focusFeature();
}

function close() {
  if (!view.chosen) return;
  const { layer, id } = view.chosen;
  change({ chosen: null });
  const isSeen = (one) => one?.getClientRects().length > 0;
  [back, draw.elementOf(layer, id), map.getContainer()].find(isSeen)?.focus({ preventScroll: true });
}

const pointsOf = (positions) => (Array.isArray(positions[0]) ? positions.flatMap(pointsOf) : [positions]);

// On a slider each move while it is held belongs to the first one.
function followSlider() {
  const slider = byId("pk-slider");
  slider.addEventListener("pointerdown", () => { isSliding = true; isLate = false; });
  for (const kind of ["change", "pointerup", "pointercancel"]) slider.addEventListener(kind, () => { isSliding = isLate = false; });
}

function fit(states) {
  const partsOf = (geometry) => geometry.parts?.flatMap(partsOf) ?? [geometry];
  const points = states.flatMap(({ geometry }) => partsOf(geometry)).flatMap((geometry) => (geometry.kind === "none" ? [] : pointsOf(geometry.positions)));
  if (points.length) map.fitBounds(points, { paddingTopLeft: [40, 40], paddingBottomRight: [40, 40 + embed.covered()], maxZoom: map.getMaxZoom() - 3, animate: false });
}

// Goes to a feature and opens it; one not on the map on the day is shown where it was.
function visit({ layer, id }, from = /** @type {HTMLElement} */ (document.activeElement)) {
  const off = new Set(view.off);
  off.delete(layer);
  const isIt = (state) => state.id === id;
  const state = statesOn(byName.get(layer), view.on).find(isIt) ?? byName.get(layer).states.find(isIt);
  const wanted = { off, chosen: { layer, id: String(id) }, record: null };
  begin(wanted);
  Object.assign(view, wanted); // before the map moves and its new bounds go into the address
  if (state) fit([state]);
  change(wanted);
  details.focusFeature();
  back = from;
}

function toggle(name, on) {
  const off = new Set(view.off);
  if (on) off.delete(name);
  else off.add(name);
  change({ off });
}

/**
 * Has bounds in view, all of them beside what lies over the map; the first ones stand clear of its edges.
 * @param {Bounds} bounds
 */
function frame(bounds) {
  const [edge, low] = String(bounds) === String(payload.home) ? [16, 44] : [0, 0];
  const left = embed.isOn() && story?.isStop(bounds) ? 56 : edge; // beside the buttons of the map
  const [west, south, east, north] = bounds;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [left, edge], paddingBottomRight: [edge, low + embed.hidden()], animate: false });
  keep(bounds);
}

// Moves the map before it is drawn, so that labels and legend are made once.
function move(bounds) {
  isMoving = true;
  frame(bounds);
  isMoving = false;
}

// Another view, and bounds that it has on the map.
function go(wanted, bounds) {
  play.pause();
  begin(wanted);
  Object.assign(view, wanted);
  const under = embed.hidden();
  move(bounds);
  change(wanted);
  if (embed.hidden() !== under) frame(bounds); // a sheet went
}

// Makes something of each of several views, which the address does not tell, and comes back to bounds in view.
function pose(views, make, bounds) {
  const before = { ...view };
  const take = (wanted, seen) => {
    Object.assign(view, wanted);
    move(seen);
    refresh();
  };
  const made = views.map(({ bounds: seen, ...wanted }) => {
    take(wanted, seen);
    return make();
  });
  take(before, bounds);
  return made;
}

// With the feature that is open, if none of it is among them.
function withChosen([west, south, east, north]) {
  const isIt = ({ state }) => isChosen(state);
  const boxes = [...draw.drawn.values()].filter(isIt).flatMap(({ state: { geometry } }) => (geometry.extent ? [geometry.extent.box] : []));
  if (!boxes.length || draw.onView().some(isIt)) return null;
  const sides = boxes.map(([s, w, n, e]) => [w, s, e, n]);
  const all = [...sides, [west, south, east, north]];
  return /** @type {Bounds} */ ([Math.min, Math.min, Math.max, Math.max].map((pick, side) => pick(...all.map((one) => one[side]))));
}

function look({ at, bounds }) {
  permalink.keep(map, null);
  if (bounds) frame(bounds);
  else if (at) map.setView([at.lat, at.lng], at.zoom, { animate: false });
  else if (payload.home) frame(payload.home);
  else map.setView([0, 0], 4, { animate: false });
}

function follow() {
  const { at, bounds, ...wanted } = permalink.read(location.hash, records, story);
  play.pause();
  Object.assign(view, wanted);
  embed.apply(view);
  toolbar.show(view);
  const under = embed.hidden();
  look({ at, bounds });
  refresh();
  if (!bounds) return;
  const all = withChosen(bounds);
  if (all || embed.hidden() !== under) frame(all ?? bounds); // a sheet came or went
}

// Makes something of the bounds in view on the map as it is without the sheet; nothing of that is painted.
function beneath(make) {
  const [sheet, bounds, centre, zoom] = [byId("pk-sheet"), permalink.boundsOf(map), map.getCenter(), map.getZoom()];
  const resize = (hidden) => {
    sheet.hidden = hidden;
    map.invalidateSize({ animate: false });
  };
  resize(true);
  frame(bounds);
  const made = make();
  resize(false);
  map.setView(centre, zoom, { animate: false });
  keep(bounds);
  permalink.write(view, map);
  return made;
}

/**
 * Draws the page; it may have a list of records, and a story.
 * @param {{ recordList?: RecordList, teller?: StoryTeller }} [parts]
 */
export function start({ recordList, teller } = {}) {
  records = recordList ?? null;
  story = teller ?? null;
  text.spoken(text.fill);
  draw.start([...[...around, ...layers].map((layer) => layer.name), ...payload.style.order.filter((name) => name.startsWith("~"))]);
  labels.start();
  text.spoken(() => legend.start(groups(text.words.groups), toggle));
  simplified.start();
  text.spoken(tellEmpty);
  settings.start(change);
  timeline.start((on) => change({ on }));
  facts.start();
  embed.start();
  gestures.start();
  const act = { view, change, adjust, visit, fit, beneath, link: () => permalink.link(view, map), go, pose, frame };
  for (const part of [toolbar, search, play, chart, compare, records, story]) part?.start(act);
  follow();
  print.start(view, compare.differenceOf, story);
  map.on("moveend", () => {
    if (isMoving) return;
    inset.show();
    labels.show();
    explain();
    story?.show(view);
    toolbar.show(view);
    permalink.write(view, map);
  });
  window.addEventListener("hashchange", () => {
    if (permalink.isOurs(location.hash)) follow();
    permalink.write(view, map);
  });
  followSlider();
  firstOf(".pk-skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("pk-panel").focus();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && view.chosen) close();
  });
}
