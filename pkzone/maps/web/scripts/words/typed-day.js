// A day as people type it.

import { isDay } from "../data/layers.js";
import { payload } from "../data/store.js";
import { wording } from "./text.js";

const { months } = payload.words;
/** @type {(year: string, month: string, day: string) => string} */
const iso = (year, month, day) => [year, month.padStart(2, "0"), day.padStart(2, "0")].join("-");

/**
 * The number of the only month that begins so, in the language on view or in English.
 * @param {string} typed
 */
function monthOf(typed) {
  const wanted = typed.toLocaleLowerCase(wording());
  for (const names of [months[wording()], months.en ?? []]) {
    const found = names.flatMap((name, index) => (name.toLocaleLowerCase(wording()).startsWith(wanted) ? [String(index + 1)] : []));
    if (found.length === 1) return found[0];
  }
  return "";
}

/**
 * The day that a text means, if it can mean only one: the year first, or a day, a dot and a month, or the
 * month by its name; of a month or a year the first day. 9/1/2022 may be two days.
 * @param {string} typed
 * @returns {string | null}
 */
export function typedDay(typed) {
  const text = typed.trim();
  const [, year, month = "1", day = "1"] = /^(\d{4})(?:[-./ ]+(\d{1,2})(?:[-./ ]+(\d{1,2}))?)?$/.exec(text) ?? /^(\d{4})(\d\d)(\d\d)$/.exec(text) ?? [];
  const [, date, number, of] = /^(\d{1,2})\. ?(\d{1,2})\. ?(\d{4})$/.exec(text) ?? [];
  const [, first, name, in_] = /^(\d{1,2})[. ]+([\p{L}]{3,})[., ]+(\d{4})\b/u.exec(text) ?? [];
  const found = year ? iso(year, month, day) : of ? iso(of, number, date) : in_ ? iso(in_, monthOf(name), first) : "";
  return isDay(found) ? found : null;
}
