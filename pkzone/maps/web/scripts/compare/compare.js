// Compare mode: two days, and what is drawn of them.
//
// The later day need not be the target: B is the day in view, A another day, or the change before B.

import { around, isBase, layers, stateOf, statesOn, stopOn, stopsOf } from "../data/layers.js";
import { payload } from "../data/store.js";
import { byId, fieldOf, make, onField } from "../dom.js";
import * as draw from "../drawing/draw.js";
import { markBase } from "../panels/timeline.js";
import * as text from "../words/text.js";
import * as box from "./box.js";
import { BEFORE, baseOf, beforeOf } from "./days.js";
import { between, isOfControl, moving } from "./difference.js";
import * as swipe from "./swipe.js";

const { map } = draw;
const { dates } = payload;
const button = byId("pk-compare-button");
const section = byId("pk-compare");
/** @type {ReturnType<typeof between> & { days: [string, string] } | undefined} */
let difference;
let mode = "", said = "";

const shows = ({ compare, swipe }) => (!compare ? "" : swipe === null ? "difference" : "swipe");

/**
 * The difference in view, made once for a pair of days.
 * @param {View} view
 */
export function differenceOf(view) {
  const base = baseOf(view);
  if (difference && difference.days[0] === base && difference.days[1] === view.on) return difference;
  difference = { days: [base, view.on], ...between(base, view.on) };
  return difference;
}

const isOn = ({ off }) => (name) => !off.has(name);

function greyStates(view, { all }) {
  return all.filter(({ layer, missing }) => !missing && isOn(view)(layer.name)).flatMap(({ layer, versions, changes }) => {
    const kinds = new Map(changes.flatMap(({ kind, base, target }) => [...base, ...target].map((state) => [state, kind])));
    const [before, after] = versions.map((version) => version.states.map((index) => layer.states[index]));
    const side = (name, states, quiet) => states.map((state) => ({
      ...state, key: quiet ? `~${state.key}` : state.key, layer: `~${name}`, home: layer.name, quiet,
      marks: { layer: layer.name, id: String(state.id), side: name, change: kinds.get(state) ?? "unchanged" },
    }));
    return [...side("base", before.filter((state) => !after.includes(state)), true), ...side("target", after, false)];
  });
}

/**
 * The layer whose difference is coloured: the one asked for, else the first that differs and is switched on.
 * @param {View} view
 */
function focusOf(view, { differing }) {
  const named = differing.map(({ layer }) => layer.name);
  return (view.of !== null && named.includes(view.of) ? view.of : named.find(isOn(view))) ?? named[0] ?? "";
}

// The marks of the difference of a layer, and rings round who entered or left.
function markStates(view, { differing, days }) {
  const focus = focusOf(view, { differing });
  return differing.filter(({ layer }) => layer.name === focus && isOn(view)(focus)).flatMap(({ layer, marks, affected }) => {
    const drawn = marks.map((mark, index) => {
      const { row, sheet, id, change, side, geometry } = mark;
      return {
        key: `~${row}/${sheet}/${index}`, layer: `~${sheet}`, id, row, said: box.sayRow(row), geometry, home: "~", properties: box.looksOf(mark),
        marks: { layer: layer.name, id: String(id), side, change },
      };
    });
    const rings = affected.map((one, index) => ({ one, state: stateOf("places", one.id, days), row: `${layer.name}/~${index}/${one.of}` }))
      .filter(({ state }) => state).map(({ one, state, row }) => ({
        ...state, key: `~${row}`, layer: "~affected", home: "~", row, said: box.sayRow(row), properties: box.looksOf({ ...one, hands: isOfControl(layer, one.of) }),
        marks: { layer: "places", id: String(state.id), side: one.effect === "left" ? "base" : "target", change: one.effect },
      }));
    return [...drawn, ...rings];
  });
}

function swipeStates(view, day) {
  return moving.filter(({ name }) => isOn(view)(name)).flatMap((layer) => statesOn(layer, day)).map((state) => ({
    ...state, key: `~${state.key}`, pane: `${state.layer}~a`, quiet: true, marks: { layer: state.layer, id: String(state.id), side: "base" },
  }));
}

/**
 * What is drawn of a view: the layers on its day, or both versions and what differs.
 * @param {View} view
 * @returns {State[]}
 */
export function states(view) {
  const plain = (list) => list.filter(({ name }) => isOn(view)(name)).flatMap((layer) => statesOn(layer, view.on));
  const beneath = around.flatMap((layer) => statesOn(layer, view.on));
  if (!view.compare) return [...beneath, ...plain(layers)];
  const still = [...beneath, ...plain(layers.filter((layer) => !moving.includes(layer)))];
  const difference = differenceOf(view);
  box.prepare(view);
  if (view.swipe !== null) return [...still, ...swipeStates(view, difference.days[0]), ...plain(moving)];
  return [...still, ...greyStates(view, difference), ...markStates(view, difference)];
}

/**
 * Names whose patterns the legend of the difference explains.
 * @param {View} view
 */
export const hides = (view) => (name) => shows(view) === "difference" && moving.some((layer) => layer.name === name);

function fade({ compare, fade: percent }) {
  const names = [...layers.filter(({ name }) => !isBase(name)).flatMap(({ name }) => [name, `${name}~a`]), "~base", "~target"];
  for (const name of names) {
    const pane = map.getPane(`pk-${name}`);
    if (pane) pane.style.opacity = compare && percent < 100 ? String(percent / 100) : "";
  }
}

function option(day, label, selected) {
  const made = make("option", { value: day }, label);
  made.selected = selected;
  return made;
}

function fill(select, stops, chosen, first) {
  const days = [...new Set([...stops, ...(chosen === BEFORE ? [] : [chosen])])].sort();
  select.replaceChildren(...first, ...days.map((day) => option(day, text.date(day), day === chosen)));
}

// The switch of the layer whose difference is coloured, where any differs.
function showFocus(view) {
  const { differing } = differenceOf(view);
  const focus = focusOf(view, { differing });
  document.body.dataset.of = focus;
  byId("pk-of").replaceChildren(...differing.map(({ layer: { name, title } }) => option(name, text.phrase(title) || name, name === focus)));
  for (const one of ["pk-of", "pk-of-label"].map(byId)) one.hidden = !differing.length || mode !== "difference";
}

/**
 * Brings the controls to the view; whoever draws calls it before.
 * @param {View} view
 */
export function apply(view) {
  if (mode !== shows(view)) draw.forget();
  mode = shows(view);
  section.hidden = !mode;
  document.body.classList.toggle("pk-comparing", Boolean(mode));
  button.setAttribute("aria-pressed", String(Boolean(mode)));
  byId("pk-changes").hidden = Boolean(mode);
  swipe.show(view);
  fade(view);
  markBase(mode ? baseOf(view) : null);
  delete document.body.dataset.base;
  delete document.body.dataset.of;
  if (!mode) return;
  const day = baseOf(view);
  document.body.dataset.base = day;
  const stops = stopsOf(view);
  const now = [text.current(), view.compare, day, view.on, ...stops].join();
  if (now !== said) {
    said = now;
    fill(byId("pk-base"), stops, view.compare, [option(BEFORE, text.say("change_before", { date: text.date(beforeOf(view)) }), view.compare === BEFORE)]);
    fill(byId("pk-target"), stops, view.on, []);
  }
  showFocus(view);
  for (const way of ["difference", "swipe"]) fieldOf(`pk-way-${way}`).checked = way === mode;
  fieldOf("pk-fade").value = String(view.fade);
  byId("pk-fade").setAttribute("aria-valuetext", text.say("percent", { number: view.fade }));
}

/**
 * After the map is drawn: the numbers, and the patterns on view.
 * @param {View} view
 */
export function show(view) {
  if (mode) box.show(view, mode);
}

/**
 * Binds the controls.
 * @param {Act} act
 */
export function start(act) {
  const { view, change, adjust } = act;
  button.hidden = dates.length < 2;
  draw.addTwin("uncertainty~a", "uncertainty");
  for (const { name } of moving) draw.addTwin(`${name}~a`, name);
  const open = () => {
    const stops = stopsOf(view);
    change({ compare: BEFORE, on: stopOn(view.on, stops) < 1 ? stops[1] ?? view.on : view.on });
    byId("pk-compare-title").focus({ preventScroll: true });
    byId("pk-compare-title").scrollIntoView({ block: "nearest" });
  };
  const close = () => {
    change({ compare: null, swipe: null, fade: 100, of: null, row: null });
    button.focus({ preventScroll: true });
  };
  button.addEventListener("click", () => (view.compare ? close() : open()));
  byId("pk-compare-close").addEventListener("click", close);
  onField("pk-base", "change", ({ value }) => change({ compare: value, row: null }));
  onField("pk-target", "change", ({ value }) => change({ on: value, row: null }));
  onField("pk-fade", "input", ({ value }) => adjust({ fade: Number(value) }));
  onField("pk-of", "change", ({ value }) => change({ of: value, row: null }));
  onField("pk-way-difference", "change", () => change({ swipe: null }));
  onField("pk-way-swipe", "change", () => change({ swipe: 50 }));
  swipe.start(act);
  box.start(act, differenceOf);
}
