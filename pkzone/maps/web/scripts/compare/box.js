// The box of the comparison.
//
// Per layer the numbers, what differs and who is affected; a row goes to its place on the map. Then
// the events in between.

import { around, byName, stateOf } from "../data/layers.js";
import { own, payload } from "../data/store.js";
import { allOf, byId, make } from "../dom.js";
import { onView } from "../drawing/draw.js";
import { ruleFor, swatch } from "../drawing/look.js";
import { event } from "../panels/facts.js";
import * as figures from "../panels/figures.js";
import { entries } from "../panels/legend.js";
import { drawnLength, drawnWords, rough } from "../words/lengths.js";
import { percent, rounding } from "../words/rounding.js";
import * as text from "../words/text.js";
import { controllers, isOfControl, uncertaintyOf } from "./difference.js";

const { compare } = payload;
const KINDS = ["added", "removed", "modified", "split", "merged", "renamed", "unchanged"];
const countWord = (kind) => (kind === "unchanged" ? text.capital(text.part("feature", "kept"))
  : ["added", "removed"].includes(kind) ? text.capital(text.part("feature", kind)) : text.say(`count_${kind}`));
const LONGEST = 40;
const holder = byId("pk-difference");
const [lead, key] = ["pk-lead", "pk-key"].map(byId);
let act, differenceOf, rows = new Map(), drawn = "";

const titleOf = ({ name }) => text.phrase(byName.get(name).title) || name;
const cell = (value, write) => (value === undefined || value === null ? null : { value, text: write(value) });
const words = (said) => ({ value: null, text: said });
const nameOf = ({ id, base, target }) => text.name(target[0] ?? base[0] ?? { id, properties: {} });
// The name in the language on view of a place that the library's texts call by its name in the data.
const places = new Map([...around, byName.get("places")].flatMap((layer) => layer?.states ?? []).map((state) => [state.properties.name, state]));
const placeName = (name) => (places.has(name) ? text.name(/** @type {State} */ (places.get(name))) : name);
const sameOf = ({ base, target, same }) => same ?? [base[0], target[0]];
const unstated = (raw, write) => (raw === undefined ? text.say("not_stated") : raw === null ? "null" : write(raw));
const valueOf = (name, value) => unstated(value, (raw) => (name === "since" ? text.date(raw) : text.value(name, raw)));
const seen = (shown) => String(shown).normalize("NFC").replace(/\s+/gu, " ").trim();
const code = (value) => unstated(value, (raw) => JSON.stringify(raw)
  .replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`).replace(/(?<= ) /g, "\\u0020"));

// The values of an attribute on both sides; those that would look alike as JSON in ASCII.
function values(change, name) {
  const raw = sameOf(change).map((state) => state && own(state.properties, name));
  const written = raw.map((one) => valueOf(name, one));
  return (seen(written[0]) === seen(written[1]) ? raw.map(code) : written).join(" → ");
}

// The words for ground that came, went and stayed: where changes say control on the ground it changed hands.
function groundWords(changes) {
  const words = Object.fromEntries(["added", "removed", "kept"].map((kind) => [kind, text.part("ground", kind)]));
  const both = changes.map(controllers);
  if (!both.length || both.some(([before, after]) => !before && !after)) return words;
  for (const [kind, word] of [["removed", "hands_before"], ["added", "hands_now"]]) {
    const names = new Set(both.map(([before, after]) => (kind === "removed" ? before ?? after : after ?? before)));
    words[kind] = text.say(word, { controller: [...names].map((one) => text.value("controller", one)).join(", ") });
  }
  return words;
}

const kindWord = (kind) => (kind === "modified" ? "" : ["added", "removed"].includes(kind) ? text.part("feature", kind) : text.say(`kind_${kind}`));

// What happened to a feature, in few words; the numbers prove it.
function told(change) {
  const { kind, base, target, numbers = {}, properties, unmeasured } = change;
  const { length, area } = rounding(uncertaintyOf([change]));
  const [before, after] = [base[0], target[0]].map((state) => state && own(state.properties, "status"));
  const [held, holds] = controllers(change);
  if (held !== holds) {
    return [kindWord(kind), held && text.say("hands_before", { controller: text.value("controller", held) }),
            holds && text.say("hands_now", { controller: text.value("controller", holds) })];
  }
  if (kind === "added") return [kindWord(kind), after && text.value("status", after)];
  if (kind === "removed") return [kindWord(kind), before && text.value("status", before)];
  const words = [];
  if (kind !== "modified") words.push(kindWord(kind));
  if (change.class) words.push(text.say(`class_${change.class}`));
  if (unmeasured) words.push(text.say("unmeasured"));
  if (change.class === "moved" && numbers.distance_m !== undefined) words.push(length(numbers.distance_m));
  for (const [name, part] of [["removed_m", "removed"], ["added_m", "added"]]) {
    if (change.class === "rerouted" && numbers[name] !== undefined) words.push(`${length(numbers[name])} ${text.part("road", part)}`);
  }
  for (const [name, part] of [["lost_km2", "removed"], ["gained_km2", "added"]]) {
    if (change.class === "reshaped" && numbers[name]) words.push(`${area(numbers[name], [numbers.lost_km2, numbers.gained_km2])} ${groundWords([change])[part]}`);
  }
  if (change.within_uncertainty) words.push(text.say("within"));
  if (properties.includes("status")) words.push(values(change, "status"));
  else if (properties.length && !change.class) words.push(text.say("attributes"));
  return words;
}

// The attributes that differ: short values in full, of long ones the name.
function attributes(change) {
  const short = (raw) => raw === undefined || raw === null || typeof raw !== "object" && String(raw).length <= LONGEST;
  const field = (name) => (Object.hasOwn(text.fields, name) ? text.field(name) : name === "sources" ? text.say("source") : text.spaced(name));
  return change.properties.filter((name) => name !== "status").map((name) => {
    const both = sameOf(change).map((state) => own(state.properties, name));
    return name === "traffic" || both.every(short) ? `${field(name)}: ${values(change, name)}` : field(name);
  }).join(" · ");
}

/** What the rules of the style ask of a mark. */
export function looksOf({ change, not_in_use, unmeasured, controller, effect, relation, certain, hands }) {
  return { change, not_in_use: Boolean(not_in_use), unmeasured: Boolean(unmeasured), controller, effect, relation, certain, hands };
}

const ORDER = ["added", "removed", "taken", "given", "changed", "kept"];
function picture(marks) {
  const [mark] = [...marks].sort((a, b) => ORDER.indexOf(a.sheet) - ORDER.indexOf(b.sheet));
  if (!mark || mark.geometry.kind === "none") return make("span", { class: "pk-no-swatch", "aria-hidden": "true" });
  return swatch(ruleFor({ layer: `~${mark.sheet}`, properties: looksOf(mark), geometry: mark.geometry }), mark.geometry.kind);
}

// A row of the box: what it says, and what it goes to.
function button(id, layer, said, states, ...content) {
  rows.set(id, { layer, said, states });
  if (!states.some(({ geometry }) => geometry.kind !== "none")) return make("span", { "data-row": id }, content);
  const made = make("button", { type: "button", class: "pk-row", "data-row": id, "aria-pressed": "false" }, content);
  made.addEventListener("click", () => go(id));
  return made;
}

const range = (from, to, { chainage }) => `${chainage(from)}–${chainage(to)}`;

// A published length as it is written, in the language of the page where it is a plain number.
function published(written) {
  const [, most, number, decimals = ""] = /^(more than )?([\d,]+)(?:\.(\d+))? km$/.exec(written) ?? [];
  if (number === undefined) return written;
  const value = Number(`${number.replaceAll(",", "")}.${decimals || 0}`);
  const said = text.say("km", { number: text.number(value, decimals.length, decimals.length) });
  return most ? text.say("more_than", { length: said }) : said;
}

// A length by the sources, or that it is not known, and as drawn beside it.
function lengthSaid({ stated, metres, schematic }, round) {
  const measured = drawnWords(metres, schematic, round);
  return stated ? text.say("by_sources", { published: published(stated), drawn: measured }) : text.say("not_on_ground", { drawn: measured });
}

// The length of all that was kept, removed or added; by the sources where they give all of it.
function total(route, kind) {
  const own = route.sections.filter((one) => one.kind === kind);
  const texts = own.map((one) => one.published_text ?? "");
  const decimals = Math.min(...texts.map((one) => one.replace(" km", "").split(".")[1]?.length ?? 0));
  const known = own.length > 0 && texts.every(Boolean);
  const sum = own.reduce((km, one) => km + (one.length_published_km ?? 0), 0);
  const metres = route[`${kind}_m`];
  const schematic = Math.min(metres, own.reduce((all, one) => all + (one.schematic_m ?? 0), 0));
  return { stated: known ? `${sum.toFixed(decimals)} km` : null, metres, schematic };
}

function routeTerm(term) {
  const [kind, word] = term.split("/");
  return word ? text.say(word, { what: text.capital(text.part("road", kind)) }) : text.say(term);
}

function routeBlock(one, route, heads) {
  const round = rounding(route.uncertainty);
  const sides = ["base", "target"].map((side) => ({ metres: route[`length_${side}_m`], schematic: route[`schematic_${side}_m`] ?? 0 }));
  const length = ({ metres, schematic }) => cell(metres, () => drawnLength(metres, schematic, round));
  const stated = (record, index) => (record ? cell(record.km, () => published(record.text)) : sides[index].metres ? words(text.say("not_known")) : null);
  const part = (kind) => length(total(route, kind));
  const known = (kind) => {
    const { stated: whole } = total(route, kind);
    return cell(whole && Number.parseFloat(whole), () => published(whole));
  };
  const numbers = [
    ["length_stated", ...route.published.map(stated)],
    ["length_drawn", ...sides.map(length)],
    ["schematic", ...sides.map(({ schematic }) => (schematic ? cell(schematic, rough.length) : null))],
    ["kept/as_published", known("kept"), known("kept")],
    ["kept/as_drawn", part("kept"), length({ metres: route.kept_target_m, schematic: total(route, "kept").schematic })],
    ["removed/as_published", known("removed"), null],
    ["removed/as_drawn", part("removed"), null],
    ["added/as_published", null, known("added")],
    ["added/as_drawn", null, part("added")],
    ["apart", cell(route.max_offset_m, round.length)],
  ].map(([term, ...cells]) => ({ term: routeTerm(term), cells })).filter(({ cells }) => cells.some(Boolean));
  const along = sides.map(({ schematic }) => (schematic ? rough : round));
  const bodies = route.sections.map((section, index) => {
    const id = `${one.layer.name}/~${route.route}/${index}`;
    const marks = one.marks.filter(({ row }) => row === id);
    const added = section.kind === "added";
    const base = added ? "" : range(section.from_m, section.to_m, along[0]);
    const target = added ? range(section.from_m, section.to_m, along[1])
      : section.target_from_m === undefined ? "" : range(section.target_from_m, section.target_to_m, along[1]);
    const kind = text.capital(text.part("road", section.kind));
    const known = section.published_text ?? null;
    const near = section.near.map(placeName).join("; ");
    const measured = { stated: known, metres: section.length_m, schematic: section.schematic_m ?? 0 };
    return figures.section(
      { km: [base, target], published: known ? cell(section.length_published_km, () => published(known)) : words(text.say("not_known")),
        length: length(measured), near },
      button(id, one.layer.name, [kind, lengthSaid(measured, round), near].filter(Boolean).join(", "), marks, picture(marks), make("span", {}, kind)));
  });
  return [figures.table({ title: text.say("route", { name: text.routeName(route.route) }), rows: numbers }, heads),
          bodies.length ? figures.sections([text.say("section"), ...heads.map((date) => text.say("km_on", { date })), text.say("head_stated"), text.say("head_drawn")], bodies) : null];
}

// What writes the areas of a comparison, all with the decimals of the smallest.
function areaWriter({ areas, uncertainty }) {
  const { area } = rounding(uncertainty);
  const all = ["base_km2", "target_km2", "gained_km2", "lost_km2"].map((name) => areas[name]);
  return (km2) => area(km2, all);
}

function areaBlock(one, heads) {
  const { areas } = one;
  if (!areas) return null;
  const ground = groundWords(one.changes);
  const written = areaWriter(one);
  const area = (name) => cell(areas[name], written);
  const numbers = [
    { term: "area_drawn", cells: [area("base_km2"), area("target_km2")] },
    { term: "kept", of: areas.kept_km2, cells: [area("kept_km2")] },
    { term: "removed", of: areas.lost_km2, cells: [area("lost_km2"), null] },
    { term: "added", of: areas.gained_km2, cells: [null, area("gained_km2")] },
    { term: "common", cells: [cell(areas.iou, percent)] },
  ].filter(({ of }) => of !== 0).map(({ term, cells }) => ({ term: ground[term] ? text.capital(ground[term]) : text.say(term), cells }));
  return figures.table({ title: text.say("ground"), rows: numbers }, heads);
}

// The answer in a line for each route and each layer of areas.
function leadRows(one) {
  const of = (id, said, marks) => make("li", {}, button(`${one.layer.name}/${id}`, one.layer.name, said, marks, make("span", {}, said)));
  const routes = one.routes.map((route) => {
    const round = rounding(route.uncertainty);
    const parts = ["added", "removed", "kept"].map((kind) => ({ kind, length: total(route, kind) })).filter(({ length }) => length.metres);
    const whole = { stated: route.published[1]?.text, metres: route.length_target_m, schematic: route.schematic_target_m ?? 0 };
    const said = route.removed_m || route.added_m
      ? text.say("lead_route", { name: text.routeName(route.route), parts: parts.map(({ kind, length }) => text.say("lead_part", { name: text.part("road", kind), parts: lengthSaid(length, round) })).join(" · ") })
      : text.say("lead_status", { name: text.routeName(route.route), length: lengthSaid(whole, round) });
    return of(`~${route.route}`, said, one.marks.filter(({ id }) => id === route.route));
  });
  if (!one.areas) return routes;
  const area = areaWriter(one);
  const { base_km2: before, target_km2: after, gained_km2: gained, lost_km2: lost } = one.areas;
  const words = groundWords(one.changes);
  const parts = [gained && `${area(gained)} ${words.added}`, lost && `${area(lost)} ${words.removed}`].filter(Boolean).join(", ") || words.kept;
  const said = text.say("lead_area", { name: titleOf(one.layer), before: area(before), after: area(after), parts });
  return [...routes, of("~ground", said, one.marks)];
}

function changeRow(one, change) {
  const id = `${one.layer.name}/${change.id}`;
  const marks = one.marks.filter(({ row }) => row === id);
  const states = marks.length ? marks : [...change.target, ...change.base];
  const words = told(change).filter(Boolean).join(", ");
  const name = nameOf(change);
  const more = attributes(change);
  return make("li", {},
    button(id, one.layer.name, `${name}: ${words}`, states, picture(marks),
      make("span", {}, make("b", {}, name), make("span", { class: "pk-kind" }, ` ${words}`))),
    more ? make("p", { class: "pk-also" }, more) : null);
}

function affectedRow(one, { id, name, effect, of, relation, certain }, index, days) {
  const state = stateOf("places", id, days);
  const word = `${effect}_${relation}${certain ? "" : "_perhaps"}`;
  const said = text.say(word, { name: state ? text.name(state) : placeName(name), of: areaName(one, of) });
  const marks = state ? [{ sheet: "affected", effect, relation, certain, hands: isOfControl(one.layer, of), geometry: state.geometry }] : [];
  return make("li", {}, button(`${one.layer.name}/~${index}/${of}`, one.layer.name, said, state ? [state] : [], picture(marks), make("span", {}, said)));
}

function areaName({ versions, layer }, of) {
  const state = versions.flatMap(({ states }) => states.map((index) => layer.states[index])).find(({ id }) => id === of);
  return state ? text.name(state) : text.routeName(of);
}

const folded = (title, list) => (list.length ? make("details", list.length < 9 ? { open: "" } : {}, make("summary", {}, title), make("ul", { class: "pk-list" }, list)) : null);

function layerBlock(one, heads, days) {
  const counts = Object.fromEntries(KINDS.map((kind) => [kind, one.changes.filter((change) => change.kind === kind).length]));
  counts.unchanged = one.unchanged;
  const numbers = KINDS.filter((kind) => counts[kind]).map((kind) => ({ term: countWord(kind), cells: [cell(counts[kind], (count) => text.number(count, 0))] }));
  return make("div", { class: "pk-block", "data-layer": one.layer.name },
    make("h3", {}, titleOf(one.layer)),
    figures.counts({ title: "", rows: numbers }),
    one.measured || one.layer.stops ? null : make("p", { class: "pk-missing" }, text.say("not_measured", { option: "pkzone map --compare all" })),
    one.routes.map((route) => routeBlock(one, route, heads)),
    areaBlock(one, heads),
    folded(text.say("features_differ", { count: text.number(one.changes.length, 0) }), one.changes.map((change) => changeRow(one, change))),
    folded(text.say("places_affected", { count: text.number(one.affected.length, 0) }), one.affected.map((who, index) => affectedRow(one, who, index, days))));
}

function write({ days, all, differing, events }) {
  const heads = days.map((day) => text.date(day));
  const stated = uncertaintyOf(differing.flatMap(({ changes }) => changes));
  const missing = all.filter((one) => one.missing).map(({ layer }) => titleOf(layer));
  rows = new Map();
  const blocks = differing.map((one) => layerBlock(one, heads, days));
  const notes = [
    differing.some(({ measured }) => measured) && text.say("measured_with", { size: text.say("m", { number: text.number(compare.tolerance_m, 1) }) }),
    stated !== null && text.say("stated_up_to", { size: text.say("m", { number: text.number(stated, 0) }) }),
    missing.length && text.say("missing_layers", { layers: missing.join(", ") }),
  ].filter(Boolean);
  lead.replaceChildren(
    make("p", { class: "pk-pair-told" }, text.say("compared", { base: text.date(days[0]), target: text.date(days[1]) })),
    make("ul", { class: "pk-list" }, differing.map(leadRows)));
  holder.replaceChildren(
    ...(blocks.length ? blocks : [make("p", {}, text.say("no_difference"))]),
    ...notes.map((note) => make("p", { class: "pk-faint" }, note)),
    ...(events.length ? [make("h3", {}, text.say("events_between", { count: events.length })), make("ul", { class: "pk-events" }, events.map(event))] : []));
}

function go(id) {
  const { layer, states } = rows.get(id);
  const off = new Set(act.view.off);
  off.delete(layer);
  act.fit(states);
  act.change({ off, of: layer, row: id, swipe: null });
}

/**
 * A mark chosen on the map: its row comes into view.
 * @param {string} id
 */
export function reveal(id) {
  act.change({ row: id });
  const row = allOf("[data-row]", holder).find((one) => one.dataset.row === id);
  const fold = row?.closest("details");
  if (fold) fold.open = true;
  row?.scrollIntoView({ block: "nearest" });
  row?.focus({ preventScroll: true });
}

/**
 * Writes the box if the days or the language are other ones, before the marks that it names.
 * @param {View} view
 */
export function prepare(view) {
  const difference = differenceOf(view);
  const now = [...difference.days, text.current()].join();
  if (now === drawn) return;
  drawn = now;
  write(difference);
}

/**
 * Marks the row that is open, and shows the patterns on view.
 * @param {View} view
 * @param {string} mode  `difference` or `swipe`
 */
export function show(view, mode) {
  for (const row of allOf("#pk-compare .pk-row")) {
    const is = row.dataset.row === view.row;
    row.classList.toggle("pk-on", is);
    row.setAttribute("aria-pressed", String(is));
  }
  const seen = onView();
  const patterns = entries(["~added", "~removed", "~taken", "~given", "~changed", "~kept", "~affected"], seen);
  const sides = ["base", "target"].flatMap((side) => entries([`~${side}`], seen).map((entry) => {
    entry.lastChild.textContent = text.say("side", { side: text.say(side), name: entry.lastChild.textContent });
    return entry;
  }));
  key.replaceChildren(...patterns, ...sides);
  key.hidden = mode !== "difference";
}

/**
 * What a row of the box says, in a line.
 * @param {string} id
 */
export const sayRow = (id) => rows.get(id)?.said ?? "";

/**
 * Takes the ways to change the view, and to find a difference.
 * @param {Act} given
 * @param {(view: View) => any} found
 */
export function start(given, found) {
  act = given;
  differenceOf = found;
}
