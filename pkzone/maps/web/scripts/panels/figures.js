// Tables of numbers; each number stands whole in its <data>.

import { make } from "../dom.js";

// Words that stand in the place of a number have no value.
const figure = ({ value, text: shown }) => (value === null ? make("span", {}, shown) : make("data", { value: String(value) }, shown));

// A row has a cell for each side, or one for both.
function row({ term, cells }) {
  /** @type {Record<string, string>} */
  const wide = cells.length === 1 ? { colspan: "2" } : {};
  return make("tr", {}, make("th", { scope: "row" }, term), cells.map((cell) => make("td", wide, cell && figure(cell))));
}

/** A box whose rows have one number each fits on a line. */
export const counts = ({ title, rows }) => make("p", { class: "pk-counts" },
  title ? make("b", {}, title) : null, rows.map(({ term, cells: [cell] }) => make("span", {}, `${term} `, figure(cell))));

/** A table with a column for each side. */
export function table({ title, rows }, sides) {
  const heads = sides.map((head) => make("th", { scope: "col" }, head));
  return make("table", { class: "pk-figures" },
    make("caption", {}, title),
    make("thead", {}, make("tr", {}, make("td"), heads)),
    make("tbody", {}, rows.map(row)));
}

/** A section takes two rows of the table: its numbers, and the places along it. A length that is not known is a dash. */
export function section({ km, published, length, near }, first) {
  return make("tbody", {},
    make("tr", {},
      make("th", { scope: "row" }, first),
      km.map((range) => make("td", {}, range)),
      make("td", {}, published && figure(published.value === null ? { value: null, text: "–" } : published)),
      make("td", {}, figure(length))),
    near ? make("tr", {}, make("td", { class: "pk-near", colspan: "5" }, near)) : null);
}

/** A table of sections. */
export const sections = (heads, bodies) => make("table", { class: "pk-sections" },
  make("thead", {}, make("tr", {}, heads.map((head) => make("th", { scope: "col" }, head)))), bodies);
