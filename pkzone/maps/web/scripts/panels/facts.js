// What the panels of every page say: sources, the properties of a feature, events, licences.

import { own, payload, sources } from "../data/store.js";
import { byId, firstOf, link, make } from "../dom.js";
import { ofFeature } from "../words/lengths.js";
import * as text from "../words/text.js";

// Titles, notes and events come in the language of the data, which a voice must know.
const DATA = text.ofData;

/**
 * The attribute that says the language of a text of the data, which a voice must know.
 * @param {string} [english]  one that may be translated
 * @returns {Record<string, string>}
 */
export function inData(english = "") {
  const lang = text.phrase(english) === english ? DATA : text.current();
  return lang === text.wording() ? {} : { lang };
}

/**
 * A title of the data in the language on view, where it is translated.
 * @param {unknown} raw
 */
export const title = (raw) => make("span", inData(text.plain(raw)), text.phrase(text.plain(raw)));

/**
 * A free text of the data; one in English that is not translated says so.
 * @param {unknown} raw
 */
export function prose(raw) {
  const english = text.plain(raw), language = inData(english);
  const mark = language.lang === "en" ? [" ", make("span", { class: "pk-faint" }, text.say("in_english"))] : null;
  return [make("span", language, text.phrase(english)), mark];
}

// Title (linked where the address may be followed), publisher, date.
function source(id) {
  const record = sources.get(id);
  if (!record) return make("li", { "data-source": text.plain(id) }, text.plain(id));
  const parts = own(own(record, "issued") ?? {}, "date-parts")?.[0];
  const issued = Array.isArray(parts) ? text.date(parts.map((part) => text.plain(part).padStart(2, "0")).join("-")) : null;
  const publisher = own(record, "container-title") ?? own(record, "publisher");
  const rest = [publisher, issued].filter(Boolean).map(text.plain).join(", ");
  const note = own(record, "note");
  return make("li", { ...inData(), "data-source": id }, link(String(record.title), own(record, "URL")), rest ? ` — ${rest}` : null,
    note ? make("span", { class: "pk-faint" }, ` (${text.plain(note)})`) : null);
}

/**
 * A list of sources by their ids.
 * @param {string[]} ids
 */
export const sourceList = (ids) => make("ul", { class: "pk-source-list" }, ids.map(source));

const published = (km) => (typeof km === "number" ? text.number(km, 1) : text.plain(km));

function length(properties, geometry) {
  const given = own(properties, "length_published_km");
  const drawn = geometry.length_m === undefined ? null : ofFeature(properties, geometry.length_m);
  const stated = given === undefined || given === null ? null : text.say("published", { km: published(given) });
  return [stated, drawn].filter(Boolean).join(", ") || null;
}

const NAMES = { name: DATA, name_az: "az", name_hy: "hy", name_ru: "ru" };
for (const code of text.languages) if (code !== DATA) NAMES[`name_${code}`] = code;
const nameField = (field, lang) =>
  (own(text.fields, field) && (field !== "name" || lang === "en") ? text.field(field) : text.languageName(lang));
const SHOWN = ["kind", "mode", "status", "traffic", "direction", "from_place", "to_place", "controller", "basis", "boundary_status", "route", "since", "certainty", "uncertainty_m", "geometry_basis"];
const HANDLED = new Set([...SHOWN, ...Object.keys(NAMES), "sources", "note", "length_published_km", "sequence"]);

// One way traffic is told by the names of the ends, where both are known.
function direction({ properties }) {
  const ends = ["from_place", "to_place"].map((field) => own(properties, field));
  if (properties.direction === "backward") ends.reverse();
  if (!["forward", "backward"].includes(properties.direction) || ends.some((id) => typeof id !== "string")) return text.value("direction", properties.direction);
  const [from, to] = ends.map((id) => text.value("from_place", id));
  return text.say("one_way", { from, to });
}

function inWords(field, raw, state) {
  if (field === "status" && text.isLink(state)) return text.meaning(raw);
  if (field === "direction") return direction(state);
  if (field === "since") return text.date(raw);
  if (field === "uncertainty_m") return text.uncertainty(raw);
  return text.value(field, raw);
}

function measures({ properties, geometry }, put) {
  put(text.field("length"), length(properties, geometry));
  if (geometry.area_km2 !== undefined) put(text.field("area"), text.say("km2", { number: text.number(geometry.area_km2, 1) }));
}

// A file's properties as they stand, none left out; the page knows nothing of their meaning.
const plainRows = (properties) => Object.entries(properties).flatMap(([key, raw]) =>
  [make("dt", {}, key), make("dd", {}, link(text.plain(raw), raw))]);

/**
 * All that is known of a feature, as terms and descriptions.
 * @param {State} state
 */
export function rows(state) {
  const { properties } = state;
  const list = [];
  const put = (term, content, attributes = {}) => {
    if (content !== null && content !== undefined && content !== "") {
      list.push(make("dt", {}, term), make("dd", attributes, content));
    }
  };
  if (state.label) {
    measures(state, put);
    return [...plainRows(properties), ...list];
  }
  for (const [field, lang] of Object.entries(NAMES)) {
    const name = own(properties, field);
    if (name !== undefined && name !== null && lang !== text.nameIsOf(state)) put(nameField(field, lang), text.plain(name), { lang });
  }
  for (const field of SHOWN) {
    const raw = own(properties, field);
    const isRepeated = field === "mode" && raw === own(properties, "kind");
    if (raw !== undefined && raw !== null && !isRepeated) put(text.field(field), inWords(field, raw, state));
  }
  measures(state, put);
  const note = own(properties, "note");
  if (note !== undefined && note !== null) put(text.field("note"), prose(note));
  for (const [field, raw] of Object.entries(properties)) {
    if (!HANDLED.has(field) && raw !== null) put(text.spaced(field), inWords(field, raw, state));
  }
  return list;
}

/** An event that opens, with its summary and sources. */
export function event(one) {
  return make("li", {},
    make("details", {},
      make("summary", {}, make("span", { class: "pk-when" }, text.date(one.date)), " ", title(one.title)),
      make("p", {}, one.summary ? prose(one.summary) : null),
      sourceList(one.sources ?? [])));
}

const sourcesHolder = () => /** @type {HTMLDetailsElement} */ (byId("pk-sources"));

/** The list of all sources is made when it is first opened. */
export function start() {
  const holder = sourcesHolder();
  holder.addEventListener("toggle", () => {
    if (holder.open && holder.children.length === 1) holder.append(sourceList([...sources.keys()]));
  });
  text.spoken(write);
}

/** Whom the files on the map credit, each as it says so itself. */
export const credits = () => (payload.layers ?? []).flatMap(({ title, credit }, _, all) =>
  (credit ? [all.length > 1 ? `${title}: ${credit}` : credit] : []));

function write() {
  const licences = payload.licenses.flatMap(({ title, name, path }, index) => [index ? ", " : "", link(title || name || "", path)]);
  const own = credits().map((credit) => make("span", { class: "pk-credit", dir: "auto" }, credit));
  byId("pk-licence").replaceChildren(...own, ...(licences.length ? [text.say("licence"), ...licences] : []));
  const holder = sourcesHolder();
  holder.querySelector("ul")?.remove();
  holder.open = false;
  firstOf("summary", holder).textContent = text.say("sources", { count: sources.size });
  holder.hidden = !sources.size;
}
