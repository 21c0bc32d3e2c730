// Measures along points set by click or, from the keyboard, at the centre of the map.

import { metres } from "../data/geodesic.js";
import { make } from "../dom.js";
import { map } from "../drawing/draw.js";
import { color } from "../drawing/look.js";
import * as text from "../words/text.js";

const MOST = 100;
const cross = make("div", { class: "pk-cross", "aria-hidden": "true", hidden: "" });
const drawn = L.layerGroup();
let act, parts;

const inWords = (length) => (length < 1000 ? text.say("m", { number: text.number(length, 0) }) : text.say("km", { number: text.number(length / 1000, 2) }));
const rounded = (value) => Number(value.toFixed(5));

function add(place) {
  const { lat, lng } = place.wrap();
  if (act.view.path.length < MOST) act.change({ path: [...act.view.path, [rounded(lat), rounded(lng)]] });
}

const onClick = ({ latlng }) => add(latlng);
const onKey = ({ originalEvent: event }) => {
  if (event.key === "Enter" && event.target === map.getContainer()) add(map.getCenter());
};

function frame(body) {
  const total = make("p", { role: "status", class: "pk-total" });
  const legs = make("ol", { class: "pk-scroll", tabindex: "0" });
  const button = (key, action) => {
    const made = make("button", { type: "button", class: "pk-button" }, text.say(key));
    made.addEventListener("click", action);
    return made;
  };
  const undo = button("measure_undo", () => act.change({ path: act.view.path.slice(0, -1) }));
  const clear = button("measure_clear", () => act.change({ path: [] }));
  body.replaceChildren(
    make("p", { class: "pk-faint" }, text.say("measure_help")),
    make("div", { class: "pk-filters" }, button("measure_add", () => add(map.getCenter())), undo, clear), total, legs);
  parts = { total, legs, undo, clear };
}

function draw(path) {
  const looks = { pane: "pk-measure", interactive: false, color: color("ink"), weight: 2 };
  drawn.clearLayers().addTo(map);
  if (path.length > 1) drawn.addLayer(L.polyline(path, { ...looks, dashArray: "6 4" }));
  for (const point of path) drawn.addLayer(L.circleMarker(point, { ...looks, radius: 4, fillColor: color("paper"), fillOpacity: 1 }));
  for (const part of drawn.getLayers()) /** @type {L.Path} */ (part).getElement()?.setAttribute("aria-hidden", "true");
}

function begin() {
  map.on("click", onClick).on("keydown", onKey);
  map.doubleClickZoom.disable();
  map.getContainer().classList.add("pk-measuring");
  cross.hidden = false;
}

/** Takes the drawing from the map, and lets clicks be clicks. */
export function stop() {
  map.off("click", onClick).off("keydown", onKey);
  map.doubleClickZoom.enable();
  map.getContainer().classList.remove("pk-measuring");
  cross.hidden = true;
  drawn.remove();
}

/**
 * Draws the line that is measured, and writes its legs.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show({ path }, body) {
  if (cross.hidden) begin();
  if (!body.firstChild) frame(body);
  const legs = path.slice(1).map((point, index) => metres(path[index], point));
  const total = legs.reduce((sum, leg) => sum + leg, 0);
  parts.total.textContent = path.length ? text.say("measure_total", { length: inWords(total), count: path.length }) : "";
  parts.legs.replaceChildren(...legs.map((leg) => make("li", {}, inWords(leg))));
  parts.undo.disabled = parts.clear.disabled = !path.length;
  draw(path);
}

/**
 * Makes the pane of the line.
 * @param {Act} given
 */
export function start(given) {
  act = given;
  map.createPane("pk-measure").style.zIndex = "450";
  map.getContainer().append(cross);
}
