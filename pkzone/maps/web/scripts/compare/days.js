// The two days of a comparison, and how the address tells them.

import { isDay, stopOn, stopsOf } from "../data/layers.js";
import { payload } from "../data/store.js";

const { dates } = payload;

/** Stands for the stop before that in view, whatever the day in view. */
export const BEFORE = "before";

const share = (value) => (/^[0-9]{1,3}$/.test(value ?? "") && Number(value) <= 100 ? Number(value) : null);

/**
 * What an address asks for, sound or not.
 * @param {URLSearchParams} fields
 */
export function read(fields) {
  const day = fields.get("compare") ?? "";
  const sound = dates.length > 1 && (day === BEFORE || (isDay(day) && stopOn(day) >= 0));
  return { compare: sound ? day : null, swipe: share(fields.get("swipe")), fade: share(fields.get("fade")) ?? 100,
           of: fields.get("of") || null, row: (fields.get("row") ?? "").slice(0, 300) || null };
}

/**
 * The comparison as fields of the address.
 * @param {View} view
 */
export function write({ compare, swipe, fade, of, row }) {
  if (!compare) return [];
  return [`compare=${compare}`, swipe !== null && `swipe=${swipe}`, fade !== 100 && `fade=${fade}`,
          of && `of=${encodeURIComponent(of)}`,
          row && `row=${encodeURIComponent(row)}`].filter(Boolean);
}

/**
 * The stop before that of a view.
 * @param {View} view
 */
export function beforeOf(view) {
  const stops = stopsOf(view);
  return stops[Math.max(0, stopOn(view.on, stops) - 1)] ?? view.on;
}

/**
 * Day A of a view.
 * @param {View} view
 * @returns {string}
 */
export const baseOf = (view) => (view.compare === BEFORE ? beforeOf(view) : view.compare ?? view.on);
