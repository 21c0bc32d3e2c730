// The embed layout: title, map, slider and sources, one below the other; all else in a drawer over the map.
//
// Its elements are those of the full layout, put into the drawer and back to their places. Open is the
// whole drawer, as a menu, or one of its sections alone, as a sheet that leaves the map in view.

import { payload } from "../data/store.js";
import { byId, lend, link, make } from "../dom.js";
import { elementOf, map } from "../drawing/draw.js";
import { credits } from "../panels/facts.js";
import { isEmbedded, isFramed, isMadeSo, small } from "../frame.js";
import * as text from "../words/text.js";

text.add({
  menu: "Menu",
  not_official: "Not an official map",
  open_full: "Open in full",
  hint_touch: "Use two fingers to move the map",
  hint_wheel: "Hold {key} to zoom",
});

// What the page of layers has, and what that of a difference; each finds its own.
const KEPT = ["pk-title", "pk-as-of", "pk-sides", "pk-to-legend", "pk-menu"];
const STOPS = payload.story?.stops ?? []; // the texts of a story take the place of the slider
const LENT = STOPS.length ? ["pk-time", "pk-tools", "pk-panel"] : ["pk-tools", "pk-plot", "pk-chart", "pk-since", "pk-pacing", "pk-panel"];
const CHOSEN = ["pk-feature", "pk-record", "pk-lists"];
const SHEETS = [...CHOSEN, "pk-compare"];
const MENU = "menu";
const LEAST = 60; // of the map that has to be in view beside a sheet, in pixels
const EDGE = 24; // of a feature that has to stand out from under a sheet, in pixels
const root = document.documentElement;
const [drawer, sheet, button, heading, panel, full] = ["pk-drawer", "pk-sheet", "pk-menu", "pk-drawer-title", "pk-panel", "pk-full"].map(byId);
/** @type {(() => void)[]} */
let moved = []; // how to put what is in the drawer back
/** @type {boolean | null} */
let asked = null;
let open = "", printing = false;
/** @type {Record<string, string>} */
let contents = {};

/** Whether the page is in this layout. */
export const isOn = () => moved.length > 0;

const take = (element, into) => moved.push(lend(element, (one) => into.append(one)));

function putIn() {
  if (byId("pk-day")) take(byId("pk-day"), byId("pk-settings"));
  for (const element of [...byId("pk-head").children]) if (!KEPT.includes(element.id)) take(element, drawer);
  for (const element of LENT.map(byId).filter(Boolean)) take(element, drawer);
  panel.setAttribute("role", "group");
}

function putBack() {
  for (const back of moved.reverse()) back();
  moved = [];
  panel.removeAttribute("role");
}

function arrange() {
  const wanted = !printing && isEmbedded(asked);
  if (wanted === isOn()) return;
  const focused = /** @type {HTMLElement | null} */ (document.activeElement);
  root.classList.toggle("pk-embed", wanted);
  if (wanted) putIn();
  else putBack();
  unfold(wanted ? open : "");
  focused?.focus({ preventScroll: true });
  map.invalidateSize({ animate: false, pan: false });
}

// Opens the menu, or a sheet by the id of its section; closes both for the empty text.
function unfold(what) {
  const isInside = drawer.contains(document.activeElement);
  open = what;
  drawer.hidden = !open;
  drawer.dataset.open = open;
  for (const id of SHEETS) document.getElementById(id)?.classList.toggle("pk-open", id === open);
  button.setAttribute("aria-expanded", String(Boolean(open)));
  if (isInside && !open) button.focus({ preventScroll: true });
}

/**
 * What each sheet holds, empty where it holds nothing.
 * @returns {Record<string, string>}
 */
function contentsOf({ chosen, record, compare, step }) {
  if (byId("pk-lists")) return { "pk-lists": chosen ?? "" };
  const isThere = (id) => document.getElementById(id)?.hidden === false;
  return {
    "pk-feature": chosen ? `${chosen.layer}/${chosen.id}` : "",
    "pk-record": isThere("pk-record") ? `#${record}` : "",
    "pk-compare": compare && compare !== STOPS[step - 1]?.compare && isThere("pk-compare") ? "compare" : "",
  };
}

// A feature that the sheet would hide is moved to the middle of the rest of the map.
function bare({ chosen }) {
  const element = open === "pk-lists" ? map.getContainer().querySelector("path[data-chosen]") : chosen && elementOf(chosen.layer, chosen.id);
  if (!element || !CHOSEN.includes(open)) return;
  const { top, height } = element.getBoundingClientRect();
  const [lower, upper] = [drawer, map.getContainer()].map((one) => one.getBoundingClientRect().top);
  if (top > lower - EDGE) map.panBy([0, top + height / 2 - (upper + lower) / 2], { animate: false });
}

/** How much of the map's lower edge a sheet may take, in pixels. */
export const covered = () => (isOn() ? map.getSize().y / 2 : 0);

/** How much of it lies under the sheets that are open; one that leaves next to nothing does not count. */
export function hidden() {
  if (!isOn()) return 0;
  const { top, bottom } = map.getContainer().getBoundingClientRect();
  const sheets = [open !== MENU && drawer, sheet.dataset.open !== "share" && sheet];
  const tops = sheets.map((one) => (one && !one.hidden ? one.getBoundingClientRect().top : bottom));
  const free = Math.min(...tops) - top;
  return free < LEAST ? 0 : bottom - top - free;
}

/**
 * Brings the layout to the view, before the map is drawn.
 * @param {Pick<View, "embed">} view
 */
export function apply({ embed }) {
  asked = embed;
  arrange();
}

/**
 * Opens a sheet for what was chosen, and closes it with that.
 * @param {any} view  of either page
 */
export function show(view) {
  apply(view);
  heading.textContent = document.title;
  byId("pk-title").title = isOn() ? document.title : "";
  const now = contentsOf(view);
  const chosen = SHEETS.find((id) => now[id] && now[id] !== contents[id]);
  contents = now;
  if (!isOn()) return;
  if (chosen) {
    unfold(chosen);
    bare(view);
  } else if (SHEETS.includes(open) && !now[open]) unfold(SHEETS.find((id) => now[id]) ?? "");
}

/** Puts the drawer away. */
export const fold = () => unfold("");

/**
 * Takes the full layout while the page is printed.
 * @param {boolean} on
 */
export function print(on) {
  printing = on;
  arrange();
}

/**
 * The field of an address that asks for the page in full, where it needs one.
 * @returns {string[]}
 */
export const inFull = () => (isMadeSo() ? ["embed=0"] : []);

/**
 * Brings the link to the page in full to the state in the address.
 * @param {string[]} parts
 */
export function address(parts) {
  const here = location.href.split("#")[0];
  full.hidden = !isFramed || !/^(https?|file):/.test(here);
  full.setAttribute("href", `${here}#${[...parts, ...inFull()].join("&")}`);
}

function writeSource() {
  const licences = payload.licenses.flatMap(({ title, name, path }, index) => [index ? ", " : "", link(name || title || "", path)]);
  byId("pk-credits").replaceChildren(
    ...(payload.on !== null && !document.body.dataset.ofFiles ? [make("span", {}, text.say("not_official"))] : []),
    ...credits().map((credit) => make("span", { dir: "auto" }, credit)),
    ...(licences.length ? [make("span", {}, text.say("licence"), licences)] : []));
}

/** Binds the button and the keys, and follows the size of the window. */
export function start() {
  text.spoken(writeSource);
  address(location.hash.slice(1).split("&").filter((part) => part && !part.startsWith("embed=")));
  button.addEventListener("click", () => {
    unfold(open ? "" : MENU);
    if (open) heading.focus({ preventScroll: true });
  });
  // What colours mean that a file has of a property is one press away.
  const toLegend = byId("pk-to-legend");
  if (toLegend && payload.layers.some((layer) => layer.heading)) {
    toLegend.hidden = false;
    toLegend.addEventListener("click", () => {
      unfold(MENU);
      heading.focus({ preventScroll: true });
      byId("pk-legend").scrollIntoView();
    });
  }
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !open || CHOSEN.includes(open)) return;
    event.stopImmediatePropagation();
    unfold("");
  });
  // A keyboard on the screen makes a window small for as long as one types.
  const isTyping = () => document.activeElement?.matches("input:is([type=text], [type=date])");
  small.addEventListener("change", () => isTyping() || arrange());
  document.addEventListener("focusout", () => setTimeout(() => isTyping() || arrange()));
}
