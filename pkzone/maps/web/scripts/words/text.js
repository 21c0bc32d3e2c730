// The words that every page has, and how they are put together.
//
// A phrase is written in English; what it is in the language on view stands in the payload.

import { own, payload } from "../data/store.js";
import { allOf } from "../dom.js";

/**
 * The languages that the page can be read in.
 * @type {{ languages: string[] }}
 */
export const { languages } = payload.words;
const translated = languages.filter((code) => code !== "en");
const { phrases, months, months_alone: monthsAlone, dates, terms } = payload.words;
const places = new Map(phrases.english.map((english, place) => [english, place]));
const ends = payload.ends ?? {};
/** @type {(() => void)[]} */
const listeners = [];

/**
 * The language of titles, notes and events.
 * @type {string}
 */
export const ofData = payload.languages?.[0] ?? "en";

// The first of the reader's languages that the page has, by its whole code or by what that begins with.
function ofBrowser() {
  /** @param {string} code */
  const offered = (code) => languages.find((one) => one.toLowerCase() === code) ?? languages.find((one) => one === code.split("-")[0]);
  return navigator.languages.map((code) => offered(code.toLowerCase())).find(Boolean);
}

/**
 * The language that the page opens in.
 * @type {string}
 */
export const opening = (payload.follows_browser && ofBrowser()) || payload.language;
let language = opening;

/**
 * A language that only names are in is spoken in English.
 * @param {string} code
 */
export const hasWords = (code) => own(months, code) !== undefined;

/**
 * The language that words are in.
 * @returns {string}
 */
export const wording = () => (hasWords(language) ? language : "en");

/**
 * The words by their keys; a page adds its own.
 * @type {Record<string, any>}
 */
export const words = {
  skip: "Skip the map",
  map: "Map. Arrow keys pan, plus and minus zoom. Tab goes to the features, arrow keys go from one to the next.",
  legend: "Legend",
  licence: "Data: ",
  small_print: "Not an official map. Lines are approximate.",
  disclaimer: "Not an official map. Lines are approximate: see the uncertainty of each feature. The map takes no position on the status of any territory or on names; where parties or sources differ, the note of the feature states both.",
  translations: "Names in Azerbaijani, Armenian and Russian have not yet been reviewed by a speaker.",
  made_with: "One file, no network. Drawn with Leaflet 1.9.4 (BSD 2-Clause).",
  nothing_in_view: "nothing in view",
  sure: "Certainty",
  sources: "Sources ({count})",
  source: "Sources",
  close: "Close",
  no_name: "Without a name",
  km: "{number} km",
  m: "{number} m",
  km2: "{number} km²",
  published: "{km} km published",
  either_way: "position accurate to about {size}",
  one_way: "one way, from {from} to {to}",
  status_means: "{status}: {meaning}",
  meanings: "What the statuses mean",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
  language: "Language",
  unreviewed: "The words and names in this language have not yet been reviewed by a speaker.",
  in_english: "(in English)",
  scale: { km: "km", m: "m", mi: "mi", ft: "ft" },
};

/**
 * A page adds the words of its own.
 * @param {Record<string, any>} more
 */
export const add = (more) => Object.assign(words, more);

/**
 * The names of the properties.
 * @type {Record<string, string>}
 */
export const fields = {
  name: "English", name_az: "Azerbaijani", name_hy: "Armenian", name_ru: "Russian",
  kind: "Kind", mode: "Mode", status: "Status", basis: "Basis", controller: "Controller",
  traffic: "Traffic", direction: "Direction", from_place: "Begins at", to_place: "Ends at",
  route: "Route", boundary_status: "Boundary", since: "Since", certainty: "Certainty",
  uncertainty_m: "Uncertainty", geometry_basis: "Drawing", length: "Length", area: "Area drawn",
  note: "Note",
};

const values = {
  status: {
    ...terms.status, in_force: "in force", dissolving: "dissolving",
    held: "held", operating: "operating", dismantled: "dismantled", inside: "inside the zone",
    corridor: "in the corridor", divided: "divided", disputed: "disputed",
    outside: "outside the zone", unknown: "not known", shown: "",
  },
  traffic: terms.traffic,
  direction: terms.direction,
  basis: {
    responsibility: "responsibility, as stated or mapped by those responsible",
    control: "control on the ground, as reported",
    traffic: "traffic, as reported",
    geography: "geography",
  },
  certainty: {
    agreed: "agreed: both parties state it",
    corroborated: "corroborated: several sources",
    reported: "reported: one source or one side",
    inferred: "inferred: follows from what is reported, not directly stated",
  },
  geometry_basis: {
    derived: "derived from published geometry",
    digitised: "digitised from satellite images",
    generalised: "generalised from a published small-scale line",
    schematic: "schematic: straight segments between known points",
  },
  boundary_status: {
    international: "international", district: "district", former_line: "former line",
  },
};

/**
 * A phrase in the language on view; one without an entry stays as it stands.
 * @param {string} english
 * @returns {string}
 */
export const phrase = (english) => phrases.said[translated.indexOf(language)]?.[places.get(english) ?? -1] ?? english;

/**
 * The name of a property in the language on view.
 * @param {string} name
 */
export const field = (name) => phrase(fields[name]);

/**
 * What a part of a difference is called, and with a capital letter.
 * @param {"road" | "ground" | "feature"} what
 * @param {string} kind  `added`, `removed` or `kept`
 */
export const part = (what, kind) => phrase(terms[what][kind]);
/** @param {string} words */
export const capital = (words) => words.charAt(0).toLocaleUpperCase(wording()) + words.slice(1);

/**
 * The words of a key in the language on view, its braces filled.
 * @param {string} key
 * @param {Record<string, any>} [parts]
 * @returns {string}
 */
export const say = (key, parts = {}) =>
  phrase(words[key]).replace(/\{(\w+)\}/g, (whole, part) => String(own(parts, part) ?? whole));

/**
 * A phrase as nodes: its braces hold elements.
 * @param {string} key
 * @param {Record<string, Node>} nodes
 */
export const around = (key, nodes) => phrase(words[key]).split(/\{(\w+)\}/).map((part, index) => (index % 2 ? nodes[part] : part));

/**
 * Any JSON value as text. An object's own "toString" may be data, so it is never asked.
 * @param {unknown} raw
 */
export const plain = (raw) => (typeof raw === "object" ? JSON.stringify(raw) : String(raw));

/**
 * A word of the data with blanks for its underscores.
 * @param {unknown} raw
 */
export const spaced = (raw) => plain(raw).replaceAll("_", " ");

/**
 * A value of a property in words; what has no entry is shown as it stands.
 * @param {string} field
 * @param {any} raw
 * @returns {string}
 */
export function value(field, raw) {
  if (field === "traffic" && Array.isArray(raw)) return raw.map((one) => (typeof one === "string" ? phrase(own(terms.traffic, one) ?? one) : plain(one))).join(", ");
  if (typeof raw === "object") return plain(raw);
  if (field === "route") return routeName(raw);
  if (field === "controller") return String(raw).split(" / ").map(phrase).join(" / ");
  if (field === "from_place" || field === "to_place") return endName(raw);
  const known = own(own(values, field) ?? {}, raw);
  return phrase(known ?? (field === "kind" || field === "mode" ? spaced(raw) : String(raw)));
}

/**
 * 2021, 2021-07 and 2021-07-05 in words; anything else as it stands. The names of months stand in the
 * payload: Intl has none in Azerbaijani and Armenian in a Chromium, which says "2022 M09 1".
 * @param {unknown} text
 * @returns {string}
 */
export function date(text) {
  const match = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(plain(text));
  if (!match) return plain(text);
  const [, year, month, day] = match;
  if (!month) return year;
  const name = (day ? months : monthsAlone)[wording()][Number(month) - 1] ?? month;
  /** @type {Record<string, any>} */
  const parts = { day: Number(day), month: name, year };
  return dates[wording()][day ? 0 : 1].replace(/\{(\w+)\}/g, (whole, part) => parts[part]);
}

/**
 * The name of a month by itself.
 * @param {number} number
 */
export const month = (number) => monthsAlone[wording()][number - 1] ?? String(number);

/**
 * 1,234.5 in English, 1.234,5 in Azerbaijani, 1 234,5 in the others, as CLDR has it; the same in every browser.
 * @param {number} value
 * @param {number} most  decimals
 * @param {number} [least]
 */
export function number(value, most, least = 0) {
  const written = value.toLocaleString("en", { maximumFractionDigits: most, minimumFractionDigits: least });
  return wording() === "en" ? written : written.replace(".", ";").replaceAll(",", wording() === "az" ? "." : "\u00a0").replace(";", ",");
}

/**
 * A distance in metres, or in km from one on.
 * @param {number} metres
 */
export const distance = (metres) => (metres >= 1000 ? say("km", { number: number(metres / 1000, 1) }) : say("m", { number: number(metres, 0) }));

/**
 * An uncertainty in words.
 * @param {unknown} metres
 */
export const uncertainty = (metres) => (typeof metres === "number" ? say("either_way", { size: distance(metres) }) : plain(metres));

/**
 * What a language calls itself.
 * @param {string} code
 */
export function languageName(code) {
  const known = own(payload.words.names, code) ?? code;
  if (known !== code) return known;
  try {
    return new Intl.DisplayNames([code], { type: "language" }).of(code);
  } catch {
    return code;
  }
}

// A name in the language on view, else in both forms, else the id; and the language it is in.
const nameFields = () => (language === "en" && ofData === "en" ? [] : [`name_${language}`]);
// Files may have numbers as names.
/** @param {unknown} given @param {boolean} [ofFile] */
const isName = (given, ofFile = false) => (typeof given === "string" && given !== "") || (ofFile && typeof given === "number");

/**
 * A name in the language on view, else in both forms, else the id.
 * @param {Pick<State, "id" | "properties"> & { label?: string }} state
 * @returns {string}
 */
export function name(state) {
  const key = [...nameFields(), state.label ?? "name"].find((one) => isName(own(state.properties, one), Boolean(state.label)));
  return key ? String(state.properties[key]) : state.id === null ? say("no_name") : String(state.id);
}

/**
 * Whether a feature of a file has a name of its own.
 * @param {Pick<State, "properties" | "label">} state
 */
export const isNamed = ({ properties, label = "name" }) => isName(own(properties, label), true);

/**
 * The name of a place or junction where a link begins or ends; of one that nobody knows, the id.
 * @param {unknown} id
 */
const endName = (id) => name({ id: plain(id), properties: own(ends, plain(id)) ?? {} });

/**
 * A route by the two places where it begins and ends; one whose ends nobody knows, by its id.
 * @param {unknown} id
 */
export function routeName(id) {
  const known = own(payload.routes ?? {}, plain(id));
  return known ? known.map(endName).join(" – ") : plain(id);
}

/**
 * The status of a link with what it means for a traveller.
 * @param {any} status
 */
export const meaning = (status) => {
  const means = typeof status === "string" && own(terms.meaning, status);
  return means ? say("status_means", { status: value("status", status), meaning: phrase(means) }) : value("status", status);
};

/**
 * Whether a feature is a way to travel.
 * @param {Pick<State, "properties">} state
 */
export const isLink = ({ properties }) => Object.hasOwn(properties, "mode");

/**
 * The language that the name of a feature is in; what language a file is in, nobody says.
 * @param {Pick<State, "properties"> & { label?: string }} state
 */
export const nameIsOf = (state) => (state.label ? "" : nameFields().some((key) => isName(own(state.properties, key))) ? language : ofData);

/**
 * Calls a function whenever the language changes, and once at first.
 * @param {() => void} write
 */
export function spoken(write) {
  listeners.push(write);
  write();
}

/**
 * Changes the language.
 * @param {string} code
 */
export function speak(code) {
  if (code === language) return;
  language = code;
  for (const write of listeners) write();
}

/** The language on view. */
export const current = () => language;

/** Writes all fixed words into the page. */
export function fill() {
  document.documentElement.lang = wording();
  for (const element of allOf("[data-text]")) {
    element.textContent = say(element.dataset.text ?? "");
  }
  for (const element of allOf("[data-label]")) {
    const label = say(element.dataset.label ?? "");
    element.setAttribute("aria-label", label);
    if (element.matches("button, input, select")) element.title = label;
  }
}
