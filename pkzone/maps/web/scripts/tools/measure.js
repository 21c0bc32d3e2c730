// Measures along points set by click or, from the keyboard, at the centre of the map.

import { make } from "../dom.js";
import { map } from "../drawing/draw.js";
import { color } from "../drawing/look.js";
import * as text from "../words/text.js";

const MOST = 100;
const cross = make("div", { class: "pk-cross", "aria-hidden": "true", hidden: "" });
const drawn = L.layerGroup();
let act, parts;

/**
 * Geodesic length in metres on WGS 84: T. Vincenty, Survey Review 23 (1975), inverse formula.
 * Between places nearly opposite on the globe it does not settle: then a great circle.
 * @param {[number, number]} from  latitude and longitude
 * @param {[number, number]} to
 */
export function metres([lat1, lon1], [lat2, lon2]) {
  const a = 6378137, f = 1 / 298.257223563, b = a * (1 - f), radians = Math.PI / 180;
  const reduced = (lat) => Math.atan((1 - f) * Math.tan(lat * radians));
  const [u1, u2] = [reduced(lat1), reduced(lat2)];
  const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
  const apart = (((lon2 - lon1 + 540) % 360) - 180) * radians;
  let lambda = apart;
  for (let turn = 0; turn < 100; turn += 1) {
    const [sl, cl] = [Math.sin(lambda), Math.cos(lambda)];
    const sinSigma = Math.hypot(c2 * sl, c1 * s2 - s1 * c2 * cl);
    if (sinSigma === 0) return 0;
    const cosSigma = s1 * s2 + c1 * c2 * cl, sigma = Math.atan2(sinSigma, cosSigma);
    const sinAlpha = (c1 * c2 * sl) / sinSigma, cos2Alpha = 1 - sinAlpha ** 2;
    const middle = cos2Alpha === 0 ? 0 : cosSigma - (2 * s1 * s2) / cos2Alpha;
    const C = (f / 16) * cos2Alpha * (4 + f * (4 - 3 * cos2Alpha)), before = lambda;
    lambda = apart + (1 - C) * f * sinAlpha * (sigma + C * sinSigma * (middle + C * cosSigma * (2 * middle ** 2 - 1)));
    if (Math.abs(lambda - before) > 1e-12) continue;
    const q = (cos2Alpha * (a * a - b * b)) / (b * b);
    const A = 1 + (q / 16384) * (4096 + q * (q * (320 - 175 * q) - 768));
    const B = (q / 1024) * (256 + q * (q * (74 - 47 * q) - 128));
    const turned = cosSigma * (2 * middle ** 2 - 1) - (B / 6) * middle * (4 * sinSigma ** 2 - 3) * (4 * middle ** 2 - 3);
    return b * A * (sigma - B * sinSigma * (middle + (B / 4) * turned));
  }
  return map.distance([lat1, lon1], [lat2, lon2]);
}

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
