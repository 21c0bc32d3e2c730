// The page of a difference: one state, one way to change it, everything drawn from it.

import "./words/diff-words.js";
import "./panels/notice.js";
import { payload, sources } from "./data/store.js";
import * as list from "./diff/lists.js";
import * as numbers from "./diff/numbers.js";
import { groups, highlight, panes, sheets } from "./diff/rows.js";
import * as draw from "./drawing/draw.js";
import * as inset from "./drawing/inset.js";
import * as labels from "./drawing/labels.js";
import * as tiles from "./drawing/tiles.js";
import { askedFor } from "./frame.js";
import * as facts from "./panels/facts.js";
import * as language from "./panels/language.js";
import * as legend from "./panels/legend.js";
import * as paper from "./panels/paper.js";
import * as embed from "./tools/embed.js";
import * as gestures from "./tools/gestures.js";
import * as text from "./words/text.js";

export { draw };

const { map } = draw;
const fieldsOf = () => new URLSearchParams(location.hash.slice(1));
const asked = () => ({ embed: askedFor(fieldsOf()), lang: language.read(fieldsOf()) });
/** @type {{ off: Set<string>, chosen: string | null, embed: boolean | null, lang: string }} */
const view = { off: new Set(), chosen: null, ...asked() };

function refresh() {
  language.apply(view.lang);
  const states = [...sheets].filter(([name]) => !view.off.has(name)).flatMap(([, list]) => list);
  draw.show([...states, ...highlight(view.chosen)], () => false, chooseOnMap);
  inset.show();
  labels.show();
  legend.show(view.off, () => "");
  list.show(view.chosen);
  embed.show(view);
}

function change(wanted) {
  Object.assign(view, wanted);
  refresh();
}

/** @param {State} state */
function chooseOnMap({ row = "" }) {
  change({ chosen: row });
  list.reveal(row);
}

const lines = (positions) => (Array.isArray(positions[0]) ? positions.flatMap(lines) : [positions]);

function chooseInList(row) {
  change({ chosen: row });
  const points = highlight(row).flatMap(({ geometry }) => (geometry.kind === "none" ? [] : lines(geometry.positions)));
  if (points.length) map.fitBounds(points, { paddingTopLeft: [40, 40], paddingBottomRight: [40, 40 + embed.covered()], maxZoom: 12, animate: false });
  if (embed.isOn()) list.bring(row);
}

function toggle(name, on) {
  const off = new Set(view.off);
  if (on) off.delete(name);
  else off.add(name);
  change({ off });
}

function goHome() {
  if (!payload.home) return map.setView([0, 0], 4, { animate: false });
  const [west, south, east, north] = payload.home;
  map.fitBounds([[south, west], [north, east]], { paddingTopLeft: [40, 24], paddingBottomRight: [24, 48], maxZoom: 12, animate: false });
}

// The address says the language where that is not the one that the page opens in by itself.
function speak(lang) {
  const fields = /** @type {string[]} */ ([language.write(lang), view.embed !== null && `embed=${Number(view.embed)}`].filter(Boolean));
  try {
    history.replaceState(null, "", `#${fields.join("&")}`);
  } catch {
    // A page inside a notebook's frame has no address of its own.
  }
  embed.address(fields);
  change({ lang });
}

text.spoken(text.fill);
draw.start(panes);
labels.start();
language.start(speak);
text.spoken(() => {
  legend.start(groups(), toggle);
  numbers.write();
  list.write(chooseInList);
});
facts.start();
embed.start();
gestures.start();
embed.apply(view);
tiles.start(tiles.apply);
tiles.apply(true);
goHome();
refresh();
paper.start({
  sources: () => [...sources.keys()],
  isDifference: () => true,
  ends: ["pk-legend"],
  tallest: 1.2,
  arrange() {
    list.showAll();
    embed.print(true);
    return [() => embed.print(false), paper.moved("pk-legend", "pk-numbers")];
  },
});
map.on("moveend", () => {
  inset.show();
  labels.show();
  legend.show(view.off, () => "");
});
window.addEventListener("hashchange", () => change(asked()));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && view.chosen) change({ chosen: null });
});
