// The axis of time: stops at their true distance, how many each month has, years and months where there is room.

import { payload } from "../data/store.js";
import { allOf, byId, make, svg } from "../dom.js";
import * as text from "../words/text.js";

const { dates } = payload;
const [first, end] = [dates[0], dates[dates.length - 1]];

/**
 * Days since 1970.
 * @param {string} iso
 */
export const dayNumber = (iso) => Date.parse(`${iso}T00:00:00Z`) / 86400000;

/** How many days the axis has. */
const length = dayNumber(end) - dayNumber(first);

/**
 * Where a day stands on the axis, from 0 at its left end to 1; days before and after it stand at its ends.
 * The axis is as wide as the slider without its thumb: inset by 9 px on both sides within .pk-track.
 * @param {string} day
 */
export const shareOf = (day) => Math.min(1, Math.max(0, (dayNumber(day) - dayNumber(first)) / length));

const WIDTH = 1000;
const LINE = 22; // how far down the line of the axis is, in pixels
const TALLEST = 16;
const FEW = 4; // as many stops in a month are not many
const MOST_MONTHS = 400; // of an axis that counts by month and not by year
const path = (name) => svg("path", { class: `pk-${name}`, "vector-effect": "non-scaling-stroke" });
const [density, line, span, marks, then, now] = ["density", "line", "span", "stops", "then", "now"].map(path);
const years = byId("pk-years");
const x = (day) => WIDTH * shareOf(day);
const mark = (day, from, to) => `M${x(day)},${from}V${to}`;

// The first days of all months or years that the axis touches.
function firstDays(months) {
  const [start, stop] = [first, end].map((day) => 12 * Number(day.slice(0, 4)) + Number(day.slice(5, 7)) - 1);
  const days = [];
  for (let at = start - (start % months); at <= stop + months; at += months) {
    days.push(`${String(Math.floor(at / 12)).padStart(4, "0")}-${String((at % 12) + 1).padStart(2, "0")}-01`);
  }
  return days;
}

// Bars as high as there are many stops; the root keeps a single one in sight.
function bars(stops) {
  const days = firstDays(length / 30 > MOST_MONTHS ? 12 : 1);
  const counts = days.slice(1).map((day, index) => stops.filter((stop) => days[index] <= stop && stop < day).length);
  const most = Math.max(FEW, ...counts);
  return counts.map((count, index) => (count
    ? `M${x(days[index])},${LINE - 2}v${-TALLEST * Math.sqrt(count / most)}H${x(days[index + 1])}V${LINE - 2}Z` : "")).join("");
}

let shown;

/**
 * Brings the stops to those of a view, and marks that in view: in force from its day until the next.
 * @param {string[]} stops
 * @param {string | undefined} stop
 * @param {string | undefined} next
 */
export function show(stops, stop, next) {
  if (stops !== shown) {
    shown = stops;
    density.setAttribute("d", bars(stops));
    marks.setAttribute("d", stops.map((day) => mark(day, LINE + 3, LINE + 8)).join(""));
  }
  span.setAttribute("d", stop ? `M${x(stop)},${LINE}H${x(next ?? end)}` : "");
  now.setAttribute("d", stop ? mark(stop, LINE, LINE + 9) : "");
}

/**
 * Marks the day that a comparison starts from, if there is one.
 * @param {string | null} day
 */
export const markBase = (day) => then.setAttribute("d", day ? mark(day, LINE - 9, LINE + 9) : "");

const YEARS = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
const MONTHS = [1, 3, 6];
const [YEAR_WIDE, MONTH_WIDE] = [46, 62]; // room that a label wants, in pixels

// The labels that there may be room for, the important ones first.
function labels(width) {
  const perDay = width / length;
  const every = YEARS.find((count) => count * 365 * perDay >= YEAR_WIDE) ?? 1000;
  const months = MONTHS.find((count) => count * 30 * perDay >= MONTH_WIDE);
  const inside = (day) => first < day && day <= end;
  const marked = firstDays(12).filter((day) => inside(day) && Number(day.slice(0, 4)) % every === 0)
    .map((day) => ({ day, label: String(Number(day.slice(0, 4))), name: "pk-year" }));
  const between = months ? firstDays(months).filter((day) => inside(day) && !day.endsWith("-01-01")) : [];
  return [...marked, ...between.map((day) => ({ day, label: text.month(Number(day.slice(5, 7))), name: "pk-month" })),
          { day: first, label: String(Number(first.slice(0, 4))), name: "pk-year pk-first" }];
}

// Labels stand right of their marks, at the end of the axis left of them; one without room goes.
function write() {
  const width = years.clientWidth;
  if (!width) return;
  years.replaceChildren(...labels(width).map(({ day, label, name }) => {
    const made = make("span", { class: name }, label);
    made.style.left = `${100 * shareOf(day)}%`;
    return made;
  }));
  const taken = [];
  const sizes = allOf("span", years).map((element) => ({ element, at: element.offsetLeft, wide: element.offsetWidth }));
  for (const { element, at, wide } of sizes) {
    const flips = at + wide > width + 4;
    const [left, right] = flips ? [at - wide, at] : [at, at + wide];
    if (left < 0 || taken.some((other) => left < other.right + 2 && other.left < right + 2)) element.remove();
    else taken.push({ left, right });
    element.classList.toggle("pk-flip", flips);
  }
}

/** Draws the axis, and its labels anew for another width or language. */
export function start() {
  byId("pk-axis").append(density, line, span, marks, then, now);
  line.setAttribute("d", `M0,${LINE}H${WIDTH}`);
  text.spoken(write);
  new ResizeObserver(write).observe(years);
}
