// The chart under the slider: one series on the same axis, the day in view, and its values as a table.

import { byName, stopOn } from "../data/layers.js";
import { all, HEIGHT, highest, pathsOf, pointsOn } from "../data/series.js";
import { byId, fieldOf, firstOf, make, onField, svg } from "../dom.js";
import { drawnWords } from "../words/lengths.js";
import * as text from "../words/text.js";
import { sourceList, title } from "./facts.js";
import { shareOf } from "./timeline.js";

text.add({
  chart: "Chart under the slider",
  no_chart: "No chart",
  area_km2: "area",
  length_drawn_in_use_km: "length in use",
  length_drawn_km: "length",
  about_so: "about {value}",
  reported: "{value}, reported on {date} by {who}",
  chart_drawn: "Measured on the lines as drawn, which may be off by up to {size}.",
  chart_counted: "As sources report it. Nothing is known between two reports.",
});

const NONE = "none";
const parts = ["ground", "line", "dashed", "dots", "hollow", "stems"];
const paths = Object.fromEntries([...parts, "cursor", "point"].map((part) => [part, svg("path", { class: `pk-${part}` })]));
const [top, bottom] = [make("span"), make("span")];
const values = /** @type {HTMLDetailsElement} */ (byId("pk-values"));
/** @type {Series | null | undefined} */
let drawn; // undefined: has to be drawn anew
/** @type {ReturnType<typeof pathsOf>} */
let scale;
/** @type {[HTMLElement, Point][]} */
let rows = [];

/**
 * What an address asks for.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const chart = fields.get("chart");
  return { chart: chart === NONE || all.some(({ key }) => key === chart) ? chart : null };
}

/**
 * The chart as a field of the address.
 * @param {View} view
 */
export const write = ({ chart }) => (chart === null ? [] : [`chart=${encodeURIComponent(chart)}`]);

// Unless one was asked for, the first of a layer that is switched on, else the first of figures.
function wanted({ chart, off }) {
  if (chart === NONE) return null;
  return all.find(({ key }) => key === chart) ?? all.find(({ layer }) => !layer || !off.has(layer)) ?? null;
}

const nameOf = ({ layer, measure, subject }) => (layer
  ? text.say("lead_part", { name: text.phrase(byName.get(layer).title) || layer, parts: text.say(measure) })
  : text.capital(text.phrase(text.spaced(subject))));

// A number with its unit, but where that is the name of the series.
function inUnits({ layer, measure, subject, unit }, value, decimals) {
  const number = text.number(value, decimals);
  if (layer) return text.say(measure === "area_km2" ? "km2" : "km", { number });
  return unit === subject ? number : `${number} ${text.phrase(unit)}`;
}

function counted(one, { value, precision }) {
  const size = inUnits(one, value, 3);
  return { exact: size, about: text.say("about_so", { value: size }), more_than: text.say("more_than", { length: size }) }[precision];
}

// A length says what of it is schematic.
function sized(one, point) {
  if (!one.layer) return counted(one, point);
  return drawnWords(point.value * 1000, point.schematic * 1000, { length: (metres) => inUnits(one, metres / 1000, 1) });
}

function sentence(one, point) {
  const value = sized(one, point);
  const date = text.date(point.from);
  return one.layer ? `${value}, ${text.say("version_since", { date })}` : text.say("reported", { value, date, who: text.phrase(point.who) });
}

const said = (one, points) => (points.length
  ? points.map((point) => sentence(one, point)).join("; ")
  : text.say(one.layer ? "not_yet" : "not_known"));

function draw(one) {
  byId("pk-plot").hidden = byId("pk-value").hidden = values.hidden = !one;
  values.open = false;
  if (!one) return;
  scale = pathsOf(one, shareOf);
  for (const part of parts) paths[part].setAttribute("d", scale[part]);
  top.textContent = inUnits(one, highest(one), 1);
  bottom.textContent = text.number(0, 0);
}

// All that a step of the slider moves.
function move(one, day) {
  const points = pointsOn(one, day);
  const at = scale.x(day);
  paths.cursor.setAttribute("d", `M${at},0V${HEIGHT}`);
  paths.point.setAttribute("d", points.map(({ from, value }) => `M${one.layer ? at : scale.x(from)},${scale.y(value)}h0`).join(""));
  byId("pk-value").textContent = said(one, points);
  for (const [row, point] of rows) row.setAttribute("aria-current", String(points.includes(point)));
}

function row(one, point, act) {
  const date = text.date(point.from);
  const go = make("button", { type: "button", class: "pk-plain" }, date);
  go.addEventListener("click", () => act.change({ on: point.from }));
  const why = one.layer ? make("td", {}, title(point.title)) : make("td", {}, text.phrase(point.who), sourceList(point.sources));
  const made = make("tr", {}, make("th", { scope: "row" }, stopOn(point.from) < 0 ? date : go), make("td", {}, sized(one, point)), why);
  rows.push([made, point]);
  return made;
}

const note = ({ layer, uncertainty_m: metres }) =>
  (layer ? metres && text.say("chart_drawn", { size: text.distance(metres) }) : text.say("chart_counted"));

// The table is made when it is opened.
function list(act) {
  rows = [];
  values.querySelector("div")?.remove();
  if (!values.open || !drawn) return;
  const one = drawn;
  const heads = [text.say("time"), nameOf(one), text.say(one.layer ? "tool_events" : "source")];
  values.append(make("div", {},
    make("table", { class: "pk-figures" },
      make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, one.points.map((point) => row(one, point, act)))),
    make("p", { class: "pk-faint" }, note(one))));
  move(one, act.view.on);
  values.querySelector("[aria-current=true]")?.scrollIntoView({ block: "nearest" });
}

/**
 * Brings the chart to the view.
 * @param {View} view
 */
export function show(view) {
  const one = wanted(view);
  if (one !== drawn) {
    drawn = one;
    draw(one);
    fieldOf("pk-series").value = one?.key ?? NONE;
  }
  if (one) move(one, view.on);
}

/**
 * Fills and binds the choice, if there is something to draw.
 * @param {Act} act
 */
export function start(act) {
  byId("pk-chart").hidden = !all.length;
  firstOf("#pk-plot svg").append(...Object.values(paths));
  byId("pk-plot").append(top, bottom);
  text.spoken(() => {
    byId("pk-series").replaceChildren(...all.map((one) => make("option", { value: one.key }, nameOf(one))), make("option", { value: NONE }, text.say("no_chart")));
    drawn = undefined;
  });
  onField("pk-series", "change", ({ value }) => {
    act.adjust({ chart: value });
    show(act.view);
  });
  values.addEventListener("toggle", () => list(act));
  // On paper the sources of the figure in view stand below it.
  let cited = make("ul");
  window.addEventListener("beforeprint", () => {
    cited.remove();
    cited = sourceList(drawn ? pointsOn(drawn, act.view.on).flatMap(({ sources = [] }) => sources) : []);
    byId("pk-chart").append(cited);
  });
  window.addEventListener("afterprint", () => cited.remove());
}
