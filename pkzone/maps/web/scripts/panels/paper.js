// Makes a page ready for paper: nothing folded, the map as large as the sheet allows, what is cited below.
//
// `beforeprint` comes while nobody knows the sheet; the medium changes while it is laid out, so the map
// gets its size then. In a browser that tells nothing of that it keeps the one of `print.css`.

import { payload } from "../data/store.js";
import { allOf, byId, lend, make } from "../dom.js";
import * as draw from "../drawing/draw.js";
import * as inset from "../drawing/inset.js";
import * as text from "../words/text.js";
import { inData, sourceList } from "./facts.js";

text.add({ version: "Version {version}", data_of: "Data of {date}" });

/**
 * What a page has printed.
 * @typedef {object} Paper
 * @property {() => string[]} sources  ids of what is cited
 * @property {() => boolean} [isWithoutMap]  whether it has pictures in place of the map
 * @property {() => boolean} isDifference  whether it tells a difference: all of it has to be in view, and on whose word
 * @property {string[]} ends  ids of what the first sheet ends with, the first that leaves room for the map
 * @property {number} tallest  the most of the map's height, as a share of its width
 * @property {() => (() => void)[]} arrange  puts elements to where they are printed, and says how to put them back
 */

const ENOUGH = { height: 0.5, width: 0.75 }; // of the sheet's height, or of its own width, that the map has
const BRIEF = 12; // sources that find room below a map
const SPARE = 20; // pixels for rounding, and a line more of the legend
/** @type {L.FitBoundsOptions} */
const EDGES = { paddingTopLeft: [28, 28], paddingBottomRight: [28, 52], animate: false };
const root = document.documentElement;
const frame = byId("pk-map");
const inPrint = window.matchMedia("print");
/** @type {(() => void)[]} */
let undo = [];
/** @type {L.LatLngBounds} */
let before;

const pointsOf = (positions) => (Array.isArray(positions[0]) ? positions.flatMap(pointsOf) : [positions]);

// All that is drawn of the difference, else what was in view.
function fit(isDifference) {
  draw.map.invalidateSize({ animate: false, pan: false });
  const marks = isDifference ? [...draw.drawn.values()].filter(({ state }) => state.row) : [];
  const points = marks.flatMap(({ state: { geometry } }) => (geometry.kind === "none" ? [] : pointsOf(geometry.positions)));
  if (points.length) draw.map.fitBounds(points, { ...EDGES, maxZoom: 12 });
  else draw.map.fitBounds(before, { animate: false });
}

// The height that is left to the map on the first sheet.
function size({ ends, tallest }) {
  const sheet = root.clientHeight;
  const least = Math.round(Math.min(ENOUGH.height * sheet, ENOUGH.width * frame.clientWidth));
  frame.style.height = `${least}px`;
  const top = document.body.getBoundingClientRect().top;
  const lefts = ends.map((id) => sheet - SPARE - (byId(id).getBoundingClientRect().bottom - top - least));
  const left = lefts.find((height) => height >= least) ?? least;
  frame.style.height = `${Math.floor(Math.min(left, tallest * frame.clientWidth))}px`;
}

// The legend is of what is on view, so it has its height after the map.
function lay(paper) {
  if (paper.isWithoutMap?.()) return;
  fit(paper.isDifference());
  if (!inPrint.matches) return;
  for (let time = 0; time < 3; time += 1) {
    size(paper);
    fit(paper.isDifference());
  }
  inset.loosen();
  draw.map.fire("moveend");
}

function openAll() {
  const folded = allOf("details:not([open], #pk-sources)").map((one) => /** @type {HTMLDetailsElement} */ (one));
  for (const one of folded) one.open = true;
  return () => folded.forEach((one) => { one.open = false; });
}

// Sources stand once, in a numbered list; what rests on them names the numbers.
function cite(known, isLong) {
  const lists = allOf(".pk-source-list").filter((one) => !one.closest("#pk-sources, #pk-feature, #pk-record, #pk-story"));
  const named = lists.flatMap((one) => allOf("li", one)).map(({ dataset }) => dataset.source ?? "");
  const ids = [...new Set([...known, ...named])];
  const list = sourceList(ids);
  allOf("li", list).forEach((item, index) => {
    item.dataset.number = String(index + 1);
    if (!isLong) item.querySelector(".pk-faint")?.remove();
    else if (item.querySelector("a")) item.append(` ${item.querySelector("a")?.href}`);
  });
  const made = [list];
  for (const one of lists) {
    const numbers = allOf("li", one).map(({ dataset }) => ids.indexOf(dataset.source ?? "") + 1);
    if (!numbers.length) continue;
    made.push(make("p", { class: "pk-cites" }, `${text.say("source")}: ${numbers.map((number) => `[${number}]`).join(" ")}`));
    one.after(made[made.length - 1]);
  }
  byId("pk-print").hidden = !ids.length;
  root.classList.toggle("pk-brief", !isLong && ids.length <= BRIEF);
  byId("pk-print").append(list);
  return () => made.forEach((one) => one.remove());
}

// Where and which the data is; the path of a file says nothing to a reader of paper.
function address() {
  const { title, publisher, version, date, sha256 } = payload.citation ?? {};
  const parts = [title && text.phrase(title), publisher && make("span", inData(), publisher), version && text.say("version", { version }),
                 date && text.say("data_of", { date: text.date(date) }), sha256 && `SHA-256 ${sha256}`];
  const cited = parts.filter(Boolean).flatMap((part) => [" · ", part]).slice(1);
  const made = [cited, /^https?:/.test(location.href) ? [location.href] : []].filter((line) => line.length)
    .map((line) => make("p", { class: "pk-paper" }, line));
  byId("pk-licence").after(...made);
  return () => made.forEach((one) => one.remove());
}

function view() {
  const [center, zoom] = [draw.map.getCenter(), draw.map.getZoom()];
  return () => {
    frame.style.height = "";
    draw.map.invalidateSize({ animate: false, pan: false });
    draw.map.setView(center, zoom, { animate: false });
  };
}

// Several signals tell of the same printing: the first prepares, each gives the map its size, the last restores.
function prepare(paper) {
  if (!undo.length) {
    before = draw.map.getBounds();
    undo = [view()];
    root.classList.add("pk-printing");
    undo.push(() => root.classList.remove("pk-printing"), ...paper.arrange(), openAll(), cite(paper.sources(), paper.isDifference()), address());
  }
  lay(paper);
}

function restore() {
  for (const back of undo.reverse()) back();
  undo = [];
}

/**
 * Waits for the page to be printed.
 * @param {Paper} paper
 */
export function start(paper) {
  window.addEventListener("beforeprint", () => prepare(paper));
  window.addEventListener("afterprint", restore);
  inPrint.addEventListener("change", ({ matches }) => (matches ? prepare(paper) : restore()));
}

/**
 * Puts an element before another while the page is printed.
 * @param {string} id
 * @param {string} place
 */
export const moved = (id, place) => lend(byId(id), (one) => byId(place).before(one));
