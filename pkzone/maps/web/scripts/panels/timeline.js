// The date: a slider over the days on which something changes, buttons, and any day typed in.

import { begun, isDay, stopOn } from "../data/layers.js";
import { payload } from "../data/store.js";
import { byId, fieldOf, make, onField, svg } from "../dom.js";
import * as text from "../words/text.js";

const { dates } = payload;
const days = (iso) => Date.parse(`${iso}T00:00:00Z`) / 86400000;
const last = dates.length - 1;

/**
 * Where a day stands on the axis, from 0 at its left end to 1; days before and after it stand at its ends.
 * The axis is as wide as the slider without its thumb: inset by 9 px on both sides within .pk-track.
 * @param {string} day
 */
export const shareOf = (day) => Math.min(1, Math.max(0, (days(day) - days(dates[0])) / (days(dates[last]) - days(dates[0]))));

// Even stops above, the same days at their true distance below, a line from each to each.
const even = (index) => 1000 * index / last;
const trueAt = (iso) => 1000 * shareOf(iso);

const MOST_TICKS = 120;
const MOST_YEARS = 12;
const tick = (index) => `M${even(index)},0V4L${trueAt(dates[index])},15V20`;
const mark = (name) => svg("path", { class: name, "vector-effect": "non-scaling-stroke" });
const [then, now] = ["pk-then", "pk-now"].map(mark);

// Of many stops those have a tick that leave room for the one before; the stop in view always.
function addTicks() {
  let before = -Infinity;
  const marked = dates.map((_, index) => index).filter((index) => {
    if (even(index) - before < 1000 / MOST_TICKS) return false;
    before = even(index);
    return true;
  });
  const all = svg("path", { d: marked.map(tick).join(""), "vector-effect": "non-scaling-stroke" });
  byId("pk-ticks").append(all, then, now);
  const [first, end] = [dates[0], dates[last]].map((iso) => Number(iso.slice(0, 4)));
  const every = Math.ceil((end - first) / MOST_YEARS);
  for (let year = first + 1; year <= end; year += 1) {
    if (year % every) continue;
    const label = make("span", {}, String(year));
    const share = trueAt(`${year}-01-01`) / 10;
    label.style.left = `${share}%`;
    label.classList.toggle("pk-flip", share > 92);
    byId("pk-years").append(label);
  }
}

/**
 * Makes the ticks and binds the controls.
 * @param {(day: string) => void} onDay
 */
export function start(onDay) {
  const slider = fieldOf("pk-slider");
  byId("pk-time").hidden = last < 1;
  if (last < 1) return;
  slider.max = String(last);
  fieldOf("pk-date").min = dates[0];
  addTicks();
  slider.addEventListener("input", () => onDay(dates[Number(slider.value)]));
  onField("pk-date", "change", ({ value }) => {
    if (isDay(value) && stopOn(value) >= 0) onDay(value);
  });
}

// Binds the buttons to the day in view: a day between two stops has its own stop before it.
function bindButtons(view, stop, onDay) {
  const before = dates[stop] === view.on ? dates[stop - 1] : dates[stop];
  const after = dates[stop + 1];
  for (const [id, day] of [["pk-before", before], ["pk-after", after]]) {
    const button = fieldOf(id);
    button.disabled = day === undefined;
    button.onclick = () => onDay(day);
  }
}

/**
 * Brings title, slider and buttons to the day in view.
 * @param {View} view
 * @param {(day: string) => void} onDay
 */
export function show(view, onDay) {
  const stop = stopOn(view.on);
  const day = dates[stop];
  const next = dates[stop + 1];
  const title = text.phrase(payload.title);
  byId("pk-title").textContent = title;
  document.title = title;
  if (!day) return; // files have no date
  byId("pk-as-of").replaceChildren(...text.around("as_of", {
    long: make("time", { datetime: view.on }, text.date(view.on)),
    iso: make("span", { class: "pk-faint" }, view.on),
  }));
  document.title = `${title}: ${text.say("as_of_short", { iso: view.on })}`;
  document.body.dataset.asOf = view.on;
  if (last < 1) return;
  fieldOf("pk-slider").value = String(stop);
  byId("pk-slider").setAttribute("aria-valuetext", text.date(day));
  fieldOf("pk-date").value = view.on;
  bindButtons(view, stop, onDay);
  now.setAttribute("d", tick(stop));
  const until = next ? text.say("until", { until: text.date(next) }) : text.say("last");
  byId("pk-since").replaceChildren(
    make("b", {}, text.say("since", { since: text.date(day) })), ` · ${until}`,
    make("span", { class: "pk-titles" }, [...new Set(begun(view.on).map(({ version }) => text.phrase(version.title)))].join(" · ")));
}

/**
 * Marks the stop that a comparison starts from, if there is one.
 * @param {number} stop
 */
export function markBase(stop) {
  if (stop >= 0 && last > 0) then.setAttribute("d", tick(stop));
  else then.removeAttribute("d");
}
