// The buttons of the tools, and the sheet under the map in which one of them lies open.

import { allOf, byId } from "../dom.js";
import { map } from "../drawing/draw.js";
import * as text from "../words/text.js";
import * as embed from "./embed.js";
import * as eventList from "./events.js";
import * as measure from "./measure.js";
import * as share from "./share.js";
import * as table from "./table.js";
import { tell } from "./tell.js";

/** @type {Record<string, Tool>} */
const tools = { table, events: eventList, measure, share };
const sheet = byId("pk-sheet");
const body = byId("pk-sheet-body");
const buttons = allOf("[data-tool]");
/** @type {string | null} */
let open = null;

/**
 * The tool of a name, if there is one.
 * @param {string | null} name
 */
export const toolOf = (name) => (name !== null && Object.hasOwn(tools, name) ? name : null);
const latLon = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;

// A page that may not write to the clipboard still says the coordinates.
async function copy(place) {
  const at = latLon(place.wrap());
  try {
    await navigator.clipboard.writeText(at);
    tell(text.say("copied", { at }));
  } catch {
    tell(text.say("not_copied", { at }));
  }
}

function startFullscreen() {
  const button = byId("pk-fullscreen");
  button.hidden = !document.fullscreenEnabled;
  button.addEventListener("click", () => {
    const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
    done.catch(() => tell(text.say("no_fullscreen")));
  });
  document.addEventListener("fullscreenchange", () => {
    button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
  });
}

// The sheet lies far behind its button in the order of Tab, so the focus goes with it.
function toggle(act, tool) {
  const before = act.view.tool;
  act.change({ tool });
  if (tool) return byId("pk-sheet-title").focus();
  const button = buttons.find(({ dataset }) => dataset.tool === before);
  (button?.getClientRects().length ? button : byId("pk-menu")).focus();
}

/**
 * Starts the tools and binds the buttons.
 * @param {Act} act
 */
export function start(act) {
  for (const tool of Object.values(tools)) tool.start?.(act);
  for (const button of buttons) {
    button.addEventListener("click", () => toggle(act, act.view.tool === button.dataset.tool ? null : button.dataset.tool));
  }
  byId("pk-sheet-close").addEventListener("click", () => toggle(act, null));
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    toggle(act, null);
  });
  map.on("contextmenu", ({ latlng, originalEvent }) => {
    originalEvent.preventDefault();
    copy(latlng);
  });
  startFullscreen();
  text.spoken(() => body.replaceChildren()); // a tool writes its sheet anew in another language
}

/**
 * Opens the tool of a view, and closes the one before.
 * @param {View} view
 */
export function show(view) {
  if (open !== view.tool) {
    if (open) tools[open].stop?.();
    open = view.tool;
    body.replaceChildren();
    sheet.hidden = !open;
    sheet.dataset.open = String(open);
    if (open) embed.fold();
    map.invalidateSize({ animate: false });
  }
  for (const button of buttons) button.setAttribute("aria-expanded", String(button.dataset.tool === open));
  if (!open) return;
  byId("pk-sheet-title").textContent = text.say(`tool_${open}`);
  tools[open].show(view, body);
}
