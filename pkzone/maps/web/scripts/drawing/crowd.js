// Features too many for SVG, drawn on canvases, one or two a pane.
//
// They are found under the pointer, and reached by keyboard through the table, whose rows say their
// layers and ids.

import { hides } from "../compare/swipe.js";
import { make } from "../dom.js";
import * as text from "../words/text.js";
import * as canvas from "./canvas.js";
import { map, onCrowd, reach } from "./draw.js";

text.add({ map_crowded: "Map. Arrow keys pan, plus and minus zoom. There are too many features for Tab: the table lists them." });
const tip = L.tooltip({ className: "pk-tip", opacity: 1 });
const sheets = new Map();
let groups = new Map(), over, act, asked;

const isEmpty = () => ![...groups.values()].some((items) => items.length);
const isMeasuring = () => map.getContainer().classList.contains("pk-measuring");

// Shows items on the sheet of a pane that has this use; it is made when it is first needed.
function put(pane, use, items) {
  const key = `${pane} ${use}`;
  if (!sheets.has(key) && items.length) sheets.set(key, canvas.sheet(`pk-${pane}`, use === "bands" ? canvas.paintBand : canvas.paint));
  sheets.get(key)?.show(items);
}

function under(point) {
  if (isMeasuring()) return undefined;
  for (const [pane, items] of [...groups].reverse()) {
    const item = hides(pane, point) ? undefined : canvas.at(items, point);
    if (item) return item;
  }
  return undefined;
}

// What is chosen or pointed at, once more above its pane, with its light.
function light() {
  for (const [pane, items] of groups) {
    const chosen = items.filter(({ state }) => act.isChosen(state)).map((item) => ({ ...item, halo: 0.85 }));
    put(pane, "light", [...(items.includes(over) ? [{ ...over, halo: 0.35 }] : []), ...chosen]);
  }
}

/** @param {Partial<L.LeafletMouseEvent>} event */
function point({ layerPoint, latlng }) {
  const item = layerPoint && under(layerPoint);
  if (item && latlng) tip.setLatLng(latlng);
  if (item === over) return;
  over = item;
  map.getContainer().classList.toggle("pk-over", Boolean(item));
  if (item) map.openTooltip(tip.setContent(make("span", {}, item.state.said ?? text.name(item.state))));
  else map.closeTooltip(tip);
  light();
}

// In the pane of its side, where two versions lie beside each other.
function bands() {
  const all = [...groups.values()].flat().filter(({ metres }) => metres).map((item) => {
    const [south, west, north, east] = item.state.geometry.extent.box;
    return { ...item, reach: reach(L.latLng((south + north) / 2, (west + east) / 2), item.metres) };
  });
  const isBase = ({ state }) => Boolean(state.pane);
  put("uncertainty", "bands", all.filter((item) => !isBase(item)));
  put("uncertainty~a", "bands", all.filter(isBase));
}

function draw() {
  bands();
  for (const [pane, items] of groups) put(pane, "all", items);
  light();
}

function start() {
  canvas.start(map);
  map.on("mousemove", (event) => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => point(event));
  });
  map.on("mouseout movestart", () => {
    cancelAnimationFrame(asked);
    point({});
  });
  map.on("click", ({ layerPoint }) => {
    const item = under(layerPoint);
    if (item && !item.state.quiet) act.onChoose(item.state);
  });
  map.on("zoomend", bands);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

// Draws groups, bottom to top: pane to [{ state, symbol, metres (of uncertainty, if shown) }].
function show(given, { isChosen, onChoose }) {
  const before = over?.state;
  groups = given;
  if (!act && isEmpty()) return;
  if (!act) start();
  act = { isChosen, onChoose };
  over = [...groups.values()].flat().find(({ state }) => state === before);
  if (!over) {
    map.getContainer().classList.remove("pk-over");
    map.closeTooltip(tip);
  }
  draw();
}

onCrowd(show);
