// Numbers for people, rounded to what the stated uncertainty supports: the twin of reports/values.py.

import * as text from "./text.js";

/**
 * To the nearest whole number, from the middle to an even one, as Python does.
 * @param {number} value
 */
const whole = (value) => (Math.abs(value % 1) === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));

/**
 * To so many decimals, or to tens where they are negative. A number lies in the middle only if it is there
 * exactly: 0.25 is between 0.2 and 0.3, the number nearest to 0.15 is below the middle.
 * @param {number} value
 * @param {number} decimals
 */
function roundTo(value, decimals) {
  if (decimals <= 0) return whole(value / 10 ** -decimals) * 10 ** -decimals;
  const isExact = Number.isInteger(value * 2 ** (decimals + 1));
  return isExact ? whole(value * 10 ** decimals) / 10 ** decimals : Number(value.toFixed(decimals));
}

/** @param {number} value */
const power = (value) => Number(value.toExponential().split("e")[1]);

/**
 * Writes to a tenth of the uncertainty in metres, a power of ten; to 10 m where none is stated.
 * @param {number | null} uncertainty  in metres
 */
export function rounding(uncertainty) {
  const step = 10 ** (power(uncertainty === null ? 100 : Math.min(Math.max(uncertainty, 10), 10000)) - 1);
  const decimals = 3 - power(step);
  const km = (/** @type {number} */ metres) => text.number(roundTo(metres / 1000, decimals), decimals, decimals);

  /** @param {number} metres */
  function length(metres) {
    const rounded = whole(Math.abs(metres) / step) * step;
    if (!rounded && metres) return text.say("under", { size: text.say("m", { number: text.number(step, 0) }) });
    if (rounded < 1000) return text.say("m", { number: rounded });
    return text.say("km", { number: km(rounded) });
  }

  /**
   * Next to others, such as what came and went, an area has as many decimals as the smallest.
   * @param {number} km2
   * @param {number[]} [beside]
   */
  function area(km2, beside = []) {
    if (Math.abs(km2) > 0 && Math.abs(km2) < 0.1 && step <= 10) {
      return text.say("m2", { number: text.number(Math.max(1, whole(Math.abs(km2) * 1e6)), 0) });
    }
    const digits = km2 ? Math.floor(Math.log10(Math.min(...[km2, ...beside].filter(Boolean).map(Math.abs)))) : 0;
    const most = Math.max(0, decimals - 1);
    const places = step >= 10 && digits > 2 ? Math.min(most, 2 - digits) : most;
    const rounded = roundTo(Math.abs(km2), places);
    const least = Math.max(0, places);
    const written = (/** @type {number} */ value) => text.say("km2", { number: text.number(value, least, value && least) });
    return !rounded && km2 ? text.say("under", { size: written(10 ** -least) }) : written(rounded);
  }

  return { length, area, chainage: km };
}

/**
 * A share as a whole percentage that never calls a part the whole, or nothing.
 * @param {number} share
 */
export function percent(share) {
  const { say } = text;
  const hundredths = whole(share * 100);
  if (hundredths === 100 && share < 1) return say("over", { size: say("percent", { number: 99 }) });
  if (hundredths === 0 && share > 0) return say("under", { size: say("percent", { number: 1 }) });
  return say("percent", { number: hundredths });
}
