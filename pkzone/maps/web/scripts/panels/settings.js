// How the page speaks and looks: language, theme, uncertainty; chosen in the page or its address.

import { payload } from "../data/store.js";
import { byId, fieldOf, firstOf, make, onField, svg } from "../dom.js";
import * as draw from "../drawing/draw.js";
import * as tiles from "../drawing/tiles.js";
import * as text from "../words/text.js";
import * as language from "./language.js";

const THEMES = ["auto", "light", "dark"];

/**
 * What an address asks for, sound or not.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const theme = fields.get("theme") ?? "";
  return {
    lang: language.read(fields),
    theme: THEMES.includes(theme) ? theme : "auto",
    band: fields.get("band") === "1",
    ...tiles.read(fields),
  };
}

/**
 * The settings as fields of the address.
 * @param {View} view
 */
export function write({ lang, theme, band, tiles: background }) {
  return [language.write(lang), theme !== "auto" && `theme=${theme}`, band && "band=1", ...tiles.write(background)].filter(Boolean);
}

/**
 * Brings words and colours to the view; whoever draws calls it before.
 * @param {View} view
 */
export function apply({ lang, theme, band, tiles: background }) {
  language.apply(lang);
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  draw.showUncertainty(band);
  fieldOf("pk-theme").value = theme;
  fieldOf("pk-band").checked = band;
  byId("pk-band-key").hidden = !band;
  tiles.apply(background);
}

/**
 * Fills and binds the controls.
 * @param {(wanted: Partial<View>) => void} onChange
 */
export function start(onChange) {
  language.start((lang) => onChange({ lang }));
  firstOf("[data-text=translations]").hidden = !payload.unreviewed;
  text.spoken(() => byId("pk-theme").replaceChildren(
    ...THEMES.map((theme) => make("option", { value: theme }, text.say(`theme_${theme}`)))));
  const key = svg("svg", { viewBox: "0 0 40 18", class: "pk-swatch", "aria-hidden": "true" },
    svg("path", { d: "M1,9H39", class: "pk-band-sample" }), svg("path", { d: "M1,9H39", class: "pk-band-line" }));
  byId("pk-band-key").prepend(key);
  onField("pk-theme", "change", ({ value }) => onChange({ theme: value }));
  onField("pk-band", "change", ({ checked }) => onChange({ band: checked }));
  tiles.start((on) => onChange({ tiles: on }));
}
