// The map as one drawing: what is seen of it as SVG of its own, colours written out, with title, legend and credits.

import { allOf, byId, firstOf, svg } from "../dom.js";
import { map } from "../drawing/draw.js";

const EDGE = 12, SIZE = 13, LEAD = 18; // in pixels
const SCALE = 2; // of a PNG, for screens with fine pixels and for print
const MOST_LINES = 6; // of a text
const SHAPES = ["d", "x", "y", "width", "height", "cx", "cy", "r", "transform"];
const LOOKS = ["fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray", "stroke-linecap", "stroke-linejoin", "opacity"];
const LETTERS = ["font-size", "font-weight", "font-style", "letter-spacing"];

// What no XML can hold would make a file that nobody opens.
const clean = (text) => text.replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd");

const isClear = (look, of) => look.getPropertyValue(of) === "none" || Number(look.getPropertyValue(`${of}-opacity`)) === 0;

// An element of SVG with the look that it has on the page; none of one that is not seen.
function copy(element, move = "") {
  const look = getComputedStyle(element);
  const tag = element.localName;
  if (look.display === "none" || (tag === "path" && isClear(look, "fill") && isClear(look, "stroke"))) return null;
  const made = svg(tag === "svg" ? "g" : tag);
  for (const name of tag === "svg" ? [] : SHAPES) if (element.hasAttribute(name)) made.setAttribute(name, element.getAttribute(name));
  if (move) made.setAttribute("transform", move);
  for (const name of tag === "text" ? [...LOOKS, ...LETTERS, "text-anchor", "dominant-baseline"] : LOOKS) {
    made.setAttribute(name, look.getPropertyValue(name).replaceAll("\"", ""));
  }
  if (tag === "text") made.textContent = clean(element.textContent);
  else made.append(...[...element.children].map((one) => copy(one)).filter(Boolean));
  return made;
}

const home = () => map.getContainer().getBoundingClientRect();
const corner = (element) => {
  const [{ left, top }, at] = [home(), element.getBoundingClientRect()];
  return { ...at.toJSON(), left: at.left - left, top: at.top - top };
};
const moved = (x, y) => `translate(${x.toFixed(1)} ${y.toFixed(1)})`;

// Letters with a halo, line by line as the page has broken them.
function label(element) {
  const look = getComputedStyle(element);
  const halo = { stroke: look.getPropertyValue("--pk-halo").trim(), "stroke-width": 2.5, "stroke-linejoin": "round", "paint-order": "stroke" };
  return [...element.children].map((line) => {
    const words = document.createRange();
    words.selectNodeContents(line);
    const { left, top, height } = corner(words);
    const letters = Object.fromEntries(LETTERS.map((name) => [name, look.getPropertyValue(name)]));
    return svg("text", { x: left.toFixed(1), y: (top + 0.78 * height).toFixed(1), fill: look.color, ...halo, ...letters }, clean(/** @type {HTMLElement} */ (line).innerText));
  });
}

// A pane of the map; where two dates are compared it may be cut.
function pane(element, index) {
  const { x, y } = map.layerPointToContainerPoint([0, 0]);
  const look = getComputedStyle(element);
  const [, cut] = /^polygon\((.*)\)$/.exec(element.style.clipPath) ?? [];
  const shapes = allOf(":scope > svg path", element).map((one) => copy(one)).filter(Boolean);
  const drawn = svg("g", { transform: moved(x, y) }, shapes);
  const whole = svg("g", { opacity: look.opacity }, drawn);
  for (const canvas of element.querySelectorAll("canvas")) {
    const { left, top, width, height } = corner(canvas);
    whole.append(svg("image", { x: left, y: top, width, height, href: canvas.toDataURL() }));
  }
  whole.append(...allOf(".pk-label", element).flatMap(label));
  if (!cut) return whole;
  const id = `cut-${index}`;
  const points = cut.replaceAll("px", "").split(", ").map((point) => point.split(" ").map(Number)).map(([left, top]) => [left + x, top + y]);
  return svg("g", { "clip-path": `url(#${id})` }, svg("clipPath", { id }, svg("polygon", { points: points.join(" ") })), whole);
}

// The scale and the inset, as they stand on the map.
function furniture() {
  const scales = allOf(".leaflet-control-scale-line", map.getContainer()).map((line) => {
    const { left, top, width, height } = corner(line);
    const { color } = getComputedStyle(line);
    return svg("g", {}, svg("path", { d: `M${left},${top}v${height}h${width}v${-height}`, fill: "none", stroke: color }),
      svg("text", { x: left + 4, y: top + height - 4, "font-size": 11, fill: color }, line.textContent));
  });
  const insets = allOf(".pk-inset", map.getContainer()).filter((one) => one.getClientRects().length).flatMap((box) => {
    const { left, top, width, height } = corner(box);
    const { backgroundColor: fill, borderTopColor: stroke } = getComputedStyle(box);
    return [svg("rect", { x: left, y: top, width, height, fill, stroke }),
            ...[...box.querySelectorAll("svg")].map((one) => copy(one, moved(corner(one).left, corner(one).top)))];
  });
  return [...scales, ...insets];
}

const measure = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
function wide(text, size = SIZE) {
  measure.font = `${size}px ${getComputedStyle(document.body).fontFamily}`;
  return measure.measureText(text).width;
}

// Lines of at most a width; a word that is longer is cut.
function lines(text, width, size) {
  const made = [""];
  for (const word of clean(text).split(/\s+/)) {
    for (const part of wide(word, size) > width ? [...word] : [word]) {
      const glue = part === word && made[made.length - 1] ? " " : "";
      if (wide(made[made.length - 1] + glue + part, size) > width) made.push(part);
      else made[made.length - 1] += glue + part;
    }
  }
  return made.slice(0, MOST_LINES);
}

// The patterns that the legend explains, one after the other, and how high they are together.
function legend(width) {
  const all = new Map(allOf("#pk-legend li, #pk-key li").filter((one) => one.querySelector(".pk-swatch") && !one.closest("[hidden]:not(#pk-drawer)"))
    .map((one) => [one.textContent, firstOf(".pk-swatch", one)]));
  let x = 0, y = 0;
  const parts = [...all].map(([words, swatch]) => {
    const [first] = lines(words ?? "", width - 60, SIZE);
    const room = 46 + wide(first) + 20;
    if (x && x + room > width) [x, y] = [0, y + LEAD];
    const entry = svg("g", { transform: moved(x, y) }, copy(swatch), svg("text", { x: 46, y: 13, "font-size": SIZE }, first));
    x += room;
    return entry;
  });
  return { parts, height: parts.length ? y + LEAD + 4 : 0 };
}

/**
 * The map in view as an SVG, and its size.
 * @param {{ title?: string, day?: string, credits?: string }} words
 */
export function drawn({ title = "", day = "", credits = "" }) {
  const { x: width, y: high } = map.getSize();
  const [page, paper] = [document.body, map.getContainer()].map((one) => getComputedStyle(one));
  const room = width - 2 * EDGE;
  const [heads, days, feet] = [[title, 16], [day, SIZE], [credits, 11]].map(([words, size]) => (words ? lines(words, room, size) : []));
  const key = legend(room);
  const top = heads.length ? heads.length * 21 + days.length * LEAD + EDGE : 0;
  const height = top + high + key.height + (feet.length ? feet.length * 15 + 2 * EDGE : EDGE);
  const write = (list, y, step, look) => list.map((line, index) => svg("text", { x: EDGE, y: y + index * step, ...look }, line));
  const panes = [...map.getPanes().mapPane.children].map((one) => /** @type {HTMLElement} */ (one))
    .sort((a, b) => Number(getComputedStyle(a).zIndex) - Number(getComputedStyle(b).zIndex));
  const hatches = [...byId("pk-patterns").querySelectorAll("pattern")].map((one) => {
    const made = svg("pattern", Object.fromEntries(["id", "width", "height", "patternUnits", "patternTransform"].map((name) => [name, one.getAttribute(name)])));
    made.append(...[...one.children].map((line) => copy(line)).filter(Boolean));
    return made;
  });
  const root = svg("svg", { viewBox: `0 0 ${width} ${height}`, width, height, "font-family": page.fontFamily.replaceAll("\"", "'"), fill: page.color },
    title ? svg("title", {}, clean(title)) : null,
    svg("defs", {}, hatches, svg("clipPath", { id: "map" }, svg("rect", { width, height: high }))),
    svg("rect", { width, height, fill: page.backgroundColor }),
    write(heads, EDGE + 10, 21, { "font-size": 16, "font-weight": 600 }), write(days, EDGE + 8 + heads.length * 21, LEAD, { "font-size": SIZE }),
    svg("g", { transform: moved(0, top), "clip-path": "url(#map)" },
      svg("rect", { width, height: high, fill: paper.backgroundColor }), panes.map(pane), furniture()),
    svg("g", { transform: moved(EDGE, top + high + 6) }, key.parts),
    write(feet, top + high + key.height + EDGE + 10, 15, { "font-size": 11 }));
  return { root, width, height };
}

/**
 * The same as the text of an SVG file.
 * @param {{ title: string, day: string, credits: string }} words
 */
export function drawing(words) {
  const { root, width, height } = drawn(words);
  return { text: new XMLSerializer().serializeToString(root), width, height };
}

/**
 * The same as a picture in pixels.
 * @param {ReturnType<typeof drawing>} drawn
 * @returns {Promise<Blob>}
 */
export async function pixels({ text, width, height }) {
  const image = new Image();
  image.src = `data:image/svg+xml,${encodeURIComponent(text)}`;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
  /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")).drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error("no picture"))), "image/png"));
}
