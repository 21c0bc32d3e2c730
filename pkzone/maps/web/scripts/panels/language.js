// The choice of the page's language: in a field of the page, or in its address.

import { payload } from "../data/store.js";
import { byId, fieldOf, make, onField } from "../dom.js";
import { map } from "../drawing/draw.js";
import * as text from "../words/text.js";

const { reviewed, names_only: namesOnly = "" } = payload.words;

/**
 * The language that an address asks for; what the page does not have counts as not asked for.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const lang = fields.get("lang") ?? "";
  return text.languages.includes(lang) ? lang : text.opening;
}

/**
 * The language as a field of the address. Where the reader's browser decides it stands in every link.
 * @param {string} lang
 */
export const write = (lang) => (payload.follows_browser || lang !== text.opening) && `lang=${lang}`;

/**
 * Brings the words to a language, and says whether a speaker has reviewed them.
 * @param {string} lang
 */
export function apply(lang) {
  text.speak(lang);
  fieldOf("pk-language").value = lang;
  byId("pk-unreviewed").hidden = reviewed.includes(lang);
  byId("pk-unreviewed").textContent = text.wording() === lang
    ? text.say("unreviewed") : namesOnly.replace("{language}", () => text.languageName(lang));
}

// The scale in the units' names of the language.
function startScale() {
  const scale = /** @type {any} */ (L.Control.Scale.prototype);
  const update = scale._updateScale;
  scale._updateScale = function said(element, label, ratio) {
    update.call(this, element, label.replace(/[a-z]+$/, text.phrase), ratio);
  };
  text.spoken(() => map.fire("move"));
}

/**
 * Fills and binds the field.
 * @param {(lang: string) => void} onChoose
 */
export function start(onChoose) {
  startScale();
  byId("pk-language").append(...text.languages.map((code) => make("option", { value: code, lang: code }, text.languageName(code))));
  byId("pk-language").hidden = text.languages.length < 2;
  onField("pk-language", "change", ({ value }) => onChoose(value));
}
