// Records of a tagged table, those of the state in view, each by its answer, on a canvas.
//
// Where too many are in view, those that are near each other stand as one circle.

import { stopOn, stopsOf } from "../data/layers.js";
import { payload, readPairs } from "../data/store.js";
import { unpack } from "../data/unpack.js";
import { byId, make } from "../dom.js";
import * as canvas from "../drawing/canvas.js";
import * as labels from "../drawing/labels.js";
import { map, windowBounds } from "../drawing/draw.js";
import * as text from "../words/text.js";

/** The records among the layers that can be switched off. */
export const NAME = "~records";
const CELL = 60; // pixels of the square whose records one circle stands for
const NEAR = 5; // pixels round a mark that the pointer may miss it by
const blockOf = (id) => unpack(JSON.parse(byId(id).textContent ?? ""));

const { text: told, numbers } = blockOf("pkzone-records");

/**
 * What the library says of all records.
 * @type {any}
 */
export const head = JSON.parse(told);

/** The symbols of the answers. */
export const { marks } = head;
const { count } = head;
const places = readPairs(numbers.subarray(0, 8 * count)); // latitude, longitude
const times = readPairs(numbers.subarray(8 * count, 16 * count)); // day, row
const answers = numbers.subarray(16 * count);
const across = new Float64Array(count), down = new Float64Array(count);
for (let i = 0; i < count; i += 1) [across[i], down[i]] = [canvas.eastOf(places[2 * i + 1] / 1e6), canvas.downOf(places[2 * i] / 1e6)];

const dayOf = (index) => times[2 * index];

/**
 * The row of a record in its table.
 * @param {number} index
 */
export const rowOf = (index) => times[2 * index + 1];
const iso = (day) => new Date(day * 86400000).toISOString().slice(0, 10);
const dayNumber = (date) => Date.parse(`${date}T00:00:00Z`) / 86400000;
const answerOf = (index) => text.phrase(marks[answers[index]].label);
const order = Uint32Array.from({ length: count }, (_, index) => index).sort((a, b) => dayOf(a) - dayOf(b) || a - b);

// How many records, in the order of their days, come before a day.
function before(day) {
  let low = 0, high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (dayOf(order[middle]) < day) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * The days of the state in view, the first and the one after the last; none of a map without
 * a slider, whose records are all shown.
 * @param {Pick<View, "on" | "off">} view
 * @returns {{ from?: string, until?: string }}
 */
export function spanOn(view) {
  if (payload.dates.length < 2) return {};
  const stops = stopsOf(view);
  const stop = stopOn(view.on, stops);
  return { from: stops[stop] ?? payload.dates[0], until: stops[stop + 1] };
}

let view, board, light, shown = [0, 0];
/** @type {{ key: string, items: Mark[], inView: number[], crowded: boolean }} */
let arranged = { key: "", items: [], inView: [], crowded: false };

/** What stands on the map: marks of one record or several, and how many are in the window. */
export function arrange() {
  const { x: left, y: top } = map.getPixelOrigin();
  const scale = canvas.scaleOf(map) / canvas.WORLD;
  const { min, max } = /** @type {{ min: L.Point, max: L.Point }} */ (windowBounds());
  const key = [shown, scale, left, top, min, max].join();
  if (arranged.key === key) return arranged;
  const reach = { x: (max.x - min.x) / 2, y: (max.y - min.y) / 2 };
  const inView = [], near = [];
  for (let i = shown[0]; i < shown[1]; i += 1) {
    const index = order[i];
    const x = across[index] * scale - left, y = down[index] * scale - top;
    if (x < min.x - reach.x || x > max.x + reach.x || y < min.y - reach.y || y > max.y + reach.y) continue;
    near.push(index);
    if (x >= min.x && x <= max.x && y >= min.y && y <= max.y) inView.push(index);
  }
  const crowded = inView.length > head.single;
  const cellOf = crowded
    ? (index) => Math.floor(across[index] * scale / CELL) * 1e7 + Math.floor(down[index] * scale / CELL)
    : (index) => `${places[2 * index]} ${places[2 * index + 1]}`;
  const cells = new Map();
  for (const index of near) {
    const cell = cellOf(index);
    const group = cells.get(cell);
    if (group) group.members.push(index);
    else cells.set(cell, { members: [index] });
  }
  const items = [...cells.values()].map(({ members }) => itemOf(members, scale, left, top, crowded));
  // The few are drawn on top of the many.
  items.sort((a, b) => b.members.length - a.members.length || a.y - b.y);
  arranged = { key, items, inView, crowded };
  return arranged;
}

// A circle stays in its square, so that none lies on another.
function itemOf(members, scale, left, top, crowded) {
  const tally = new Array(marks.length).fill(0);
  let x = 0, y = 0;
  for (const index of members) {
    tally[answers[index]] += 1;
    x += across[index] * scale / members.length;
    y += down[index] * scale / members.length;
  }
  const size = members.length > 1 ? 10 + 3.4 * Math.log10(members.length) : marks[answers[members[0]]].size;
  if (crowded && members.length > 1) {
    const kept = (value, first) => {
      const start = Math.floor(first * scale / CELL) * CELL;
      return Math.max(start + size + 2, Math.min(start + CELL - size - 2, value));
    };
    [x, y] = [kept(x, across[members[0]]), kept(y, down[members[0]])];
  }
  return { members, tally, size, x: x - left, y: y - top };
}

// A ring of the answers' shares round the number.
function paintCircle(context, { members, tally, size }) {
  const disc = new Path2D();
  disc.arc(0, 0, size + 1.5, 0, 2 * Math.PI);
  Object.assign(context, { globalAlpha: 1, fillStyle: canvas.ink("paper"), lineWidth: 4, lineCap: "butt" });
  context.setLineDash([]);
  context.fill(disc);
  let turn = -Math.PI / 2;
  tally.forEach((number, answer) => {
    if (!number) return;
    const end = turn + (2 * Math.PI * number) / members.length;
    const gap = number < members.length ? Math.min(0.08, (end - turn) / 4) : 0;
    context.beginPath();
    context.arc(0, 0, size - 2, turn + gap, end - gap);
    context.strokeStyle = canvas.ink(marks[answer].color);
    context.stroke();
    turn = end;
  });
  Object.assign(context, { fillStyle: canvas.ink("ink"), textAlign: "center", textBaseline: "middle" });
  context.font = `600 ${members.length < 1000 ? 11 : 10}px ${getComputedStyle(document.body).fontFamily}`;
  context.fillText(text.number(members.length, 0), 0, 0.5);
}

function paint(context, item, halo) {
  context.save();
  context.translate(item.x, item.y);
  if (item.members.length > 1) {
    if (halo) {
      const ring = new Path2D();
      ring.arc(0, 0, item.size + 3.5, 0, 2 * Math.PI);
      Object.assign(context, { strokeStyle: canvas.ink("focus"), globalAlpha: halo, lineWidth: 4 });
      context.stroke(ring);
    }
    paintCircle(context, item);
  } else {
    const mark = marks[answers[item.members[0]]];
    canvas.stamp(context, mark, mark.size, halo);
  }
  context.restore();
}

const paintAll = (context) => { for (const item of isOn() ? arrange().items : []) paint(context, item, 0); };

// What is open or pointed at, once more on top, with its light.
function paintLight(context) {
  if (!isOn()) return;
  const opened = view.record === null ? -1 : indexOf(view.record);
  for (const item of arrange().items) {
    if (item === over) paint(context, item, 0.5);
    else if (item.members.includes(opened)) paint(context, item, 0.85);
  }
}

/** Whether the records are switched on. */
export const isOn = () => Boolean(view) && !view.off.has(NAME);
const isMeasuring = () => map.getContainer().classList.contains("pk-measuring");

// The mark under a place of the window, the topmost first.
function at({ x, y }) {
  if (!isOn() || isMeasuring()) return undefined;
  return arrange().items.findLast((item) => (item.x - x) ** 2 + (item.y - y) ** 2 <= (item.size + NEAR) ** 2);
}

const tallied = (tally) => tally.map((number, answer) => number && text.say("records_part", { count: text.number(number, 0), answer: text.phrase(marks[answer].label) }))
  .filter(Boolean).join(", ");

/**
 * A record in a line.
 * @param {number} index
 */
export const describe = (index) => text.say("records_one", { row: text.number(rowOf(index), 0), date: text.date(iso(dayOf(index))), answer: answerOf(index) });

function say({ members, tally }) {
  if (members.length === 1) return describe(members[0]);
  return text.say("records_many", { count: text.number(members.length, 0), parts: tallied(tally) });
}

const tip = L.tooltip({ className: "pk-tip pk-record-tip", opacity: 1, direction: "top", offset: [0, -8] });
let over, asked;

function point(item) {
  if (item === over) return;
  over = item;
  const box = map.getContainer().classList;
  box.toggle("pk-on-record", Boolean(item));
  if (item) map.openTooltip(tip.setContent(make("span", {}, say(item))).setLatLng(map.layerPointToLatLng(L.point(item.x, item.y))));
  else map.closeTooltip(tip);
  light.show([]);
}

// Goes so near that the records of a circle part; those that never do are listed.
function open({ members }) {
  if (members.length === 1) return view.onRecord(members[0]);
  const bounds = L.latLngBounds(members.map((index) => L.latLng(places[2 * index] / 1e6, places[2 * index + 1] / 1e6)));
  const isNearest = map.getZoom() >= map.getMaxZoom();
  if (isNearest || bounds.getSouthWest().equals(bounds.getNorthEast())) return view.onSeveral(members);
  const zoom = Math.max(map.getBoundsZoom(bounds, false, L.point(60, 60)), map.getZoom() + 1);
  return map.setView(bounds.getCenter(), Math.min(zoom, map.getMaxZoom()), { animate: false });
}

// Marks take the pointer before the features beneath them do, which are of SVG.
function listen() {
  const box = map.getContainer();
  const markUnder = (event) => (event.target.closest(".leaflet-control") ? undefined : at(map.mouseEventToLayerPoint(event)));
  box.addEventListener("click", (event) => {
    const item = /** @type {any} */ (map.dragging).moved() ? undefined : markUnder(event);
    if (!item) return;
    event.stopPropagation();
    point(undefined);
    open(item);
  }, true);
  box.addEventListener("mousemove", (event) => {
    cancelAnimationFrame(asked);
    asked = requestAnimationFrame(() => point(markUnder(event)));
  });
  box.addEventListener("mouseleave", () => {
    cancelAnimationFrame(asked);
    point(undefined);
  });
  map.on("movestart zoomstart", () => point(undefined));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
}

const redraw = () => [board, light].forEach((one) => one.show([]));

const rows = new Map(Array.from({ length: count }, (_, index) => [rowOf(index), index]));

/**
 * The number of the record of a row, -1 if there is none.
 * @param {number} row
 */
export const indexOf = (row) => rows.get(row) ?? -1;

// The distinct values of the columns are read when a record is first opened.
/** @type {{ name: string, value: (index: number) => any }[] | undefined} */
let columns;
function readColumns() {
  const { text: stored, numbers: codes } = blockOf("pkzone-columns");
  let start = 0;
  return JSON.parse(stored).columns.map(({ name, values, bytes }) => {
    const first = start;
    start += bytes * count;
    const code = (index) => {
      let number = bytes ? 0 : index;
      for (let i = 0; i < bytes; i += 1) number += codes[first + i * count + index] * 256 ** i;
      return number;
    };
    return { name, value: (index) => values[code(index)] };
  });
}

/**
 * All that the table says of a record: [name, value] in the order of its columns.
 * @param {number} index
 */
export function cellsOf(index) {
  const all = (columns ??= readColumns());
  return all.map(({ name, value }) => [name, value(index)]);
}

/** Makes the pane of the marks and lets them take the pointer. */
export function start() {
  canvas.start(map);
  map.createPane("pk-records").style.zIndex = "389"; // beneath the names
  labels.avoid(() => (isOn() ? arrange().items.map(({ x, y, size }) => L.bounds([x - size, y - size], [x + size, y + size])) : []));
  board = canvas.board("pk-records", paintAll);
  light = canvas.board("pk-records", paintLight);
  listen();
}

/**
 * Brings the marks to a view.
 * @param {View & { onRecord: (index: number) => void, onSeveral: (members: number[]) => void }} given
 */
export function show(given) {
  view = given;
  const { from, until } = spanOn(view);
  shown = [from ? before(dayNumber(from)) : 0, until ? before(dayNumber(until)) : count];
  over = undefined;
  map.closeTooltip(tip);
  map.getContainer().classList.remove("pk-on-record");
  redraw();
}

/** How many records come before the first state. */
export const early = payload.dates.length > 1 ? before(dayNumber(payload.dates[0])) : 0;
for (const mark of marks) mark.color = mark.fill === "paper" ? mark.strokes.at(-1).color : mark.fill;

/** How many records the state in view has. */
export const shownCount = () => shown[1] - shown[0];

/**
 * How many of some records have each answer.
 * @param {number[]} list
 */
export function answerCounts(list) {
  const tally = new Array(marks.length).fill(0);
  for (const index of list) tally[answers[index]] += 1;
  return tally;
}

/**
 * The day of a record.
 * @param {number} index
 */
export const dateOf = (index) => iso(dayOf(index));

/**
 * Whether a record belongs to the state in view.
 * @param {number} index
 */
export function isShown(index) {
  const { from, until } = spanOn(view);
  return (!from || dateOf(index) >= from) && (!until || dateOf(index) < until);
}

/**
 * The row that an address asks for, if there is one.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const value = fields.get("record") ?? "";
  return /^[0-9]{1,9}$/.test(value) && rows.has(Number(value)) ? Number(value) : null;
}
