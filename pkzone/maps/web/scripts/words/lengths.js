// Lengths of drawn lines in words, each marked as one: the twin of reports/lengths.py.

import { own } from "../data/store.js";
import { rounding } from "./rounding.js";
import * as text from "./text.js";

text.add({
  drawn_all: "{length} as drawn",
  drawn_rough: "about {length} as drawn, all of it schematic",
  drawn_partly: "about {length} as drawn, {part} of it schematic",
});

/** Straight lines between known points: their lengths are written in whole km. */
export const rough = rounding(10000);
// What of a line is not schematic is told from so much on.
const ALL_BUT_M = 50;
// Lines whose drawing says what it was made from: to a tenth of a km, if not less.
const DRAWN_M = 1000;

/** @typedef {{ length: (metres: number) => string }} Writer */

/**
 * A drawn length, in whole km where some of it is schematic.
 * @param {number} metres
 * @param {number} schematic  how much of it is schematic, in metres
 * @param {Writer} round  how the rest is written
 */
export const drawnLength = (metres, schematic, round) => (schematic ? rough : round).length(metres);

/**
 * The same with what it is: `about 16 km as drawn, all of it schematic`.
 * @param {number} metres
 * @param {number} schematic
 * @param {Writer} round
 */
export function drawnWords(metres, schematic, round) {
  const word = !schematic ? "drawn_all" : metres - schematic < ALL_BUT_M ? "drawn_rough" : "drawn_partly";
  return text.say(word, { length: drawnLength(metres, schematic, round), part: rough.length(schematic) });
}

/**
 * The drawn length of one feature.
 * @param {Record<string, unknown>} properties
 * @param {number} metres
 */
export function ofFeature(properties, metres) {
  const [basis, stated] = ["geometry_basis", "uncertainty_m"].map((name) => own(properties, name));
  const uncertainty = typeof stated === "number" ? stated : null;
  const round = rounding(basis === undefined ? uncertainty : Math.max(uncertainty ?? 0, DRAWN_M));
  return drawnWords(metres, basis === "schematic" ? metres : 0, round);
}
