// How a map is cited, and put into another page; all of it from plain values.

/**
 * What a citation says; only the title is always known.
 * @typedef {{ title: string, day?: string, data?: string, publisher?: string, version?: string, date?: string, note: string, url?: string, sha256?: string }} Cited
 */

// One line, without characters that steer a terminal or break a file.
const line = (/** @type {unknown} */ text) => String(text).replace(/[\p{Cc}\p{Cs}\u2028\u2029]+/gu, " ").trim();

/** @type {Record<string, string>} */
const SPECIAL = { "\\": "\\textbackslash{}", "{": "\\textbraceleft{}", "}": "\\textbraceright{}", "~": "\\textasciitilde{}", "^": "\\textasciicircum{}" };

/**
 * A text as a value of BibTeX: braces stay in pairs, whatever is in it.
 * @param {unknown} text
 */
export const inBibtex = (text) => line(text).replace(/[\\{}~^]|[$&#_%]/g, (mark) => SPECIAL[mark] ?? `\\${mark}`);

const inHtml = (/** @type {string} */ text) => text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);

const idOf = (/** @type {Cited} */ { day, sha256 }) => ["map", day, sha256?.slice(0, 8)].filter(Boolean).join("-");

/**
 * As an entry of BibTeX.
 * @param {Cited} cited
 */
export function bibtex(cited) {
  const { title, publisher, version, date, note, url } = cited;
  const address = url && line(url).replace(/[{}\\]/g, encodeURIComponent); // taken as it stands
  const fields = Object.entries({
    title: `{${inBibtex(title)}}`, author: publisher && `{${inBibtex(publisher)}}`, year: date?.slice(0, 4),
    version: version && inBibtex(version), note: inBibtex(note), url: address,
  }).filter(([, value]) => value);
  return `@misc{${idOf(cited)},\n${fields.map(([name, value]) => `  ${name} = {${value}}`).join(",\n")}\n}`;
}

/**
 * As CSL-JSON.
 * @param {Cited} cited
 */
export function csl(cited) {
  const { title, publisher, version, date, note, url } = cited;
  const texts = Object.entries({ title, publisher, version, note, URL: url }).filter(([, value]) => value).map(([name, value]) => [name, line(value)]);
  const more = {
    ...(publisher ? { author: [{ literal: line(publisher) }] } : {}),
    ...(date ? { issued: { "date-parts": [date.split("-").map(Number)] } } : {}),
  };
  return JSON.stringify([{ id: idOf(cited), type: "map", ...Object.fromEntries(texts), ...more }], null, 2);
}

/**
 * The code of a frame that shows a map on another page.
 * @param {string} address
 * @param {string} title
 */
export const frame = (address, title) =>
  `<iframe src="${inHtml(address)}" title="${inHtml(line(title))}" width="700" height="480" style="max-width: 100%; border: 0" allow="fullscreen" loading="lazy"></iframe>`;

// As the tables of the library: what a spreadsheet would run is marked, what would break a line escaped.
const FORMULA = /^'*[=+\-@\t\r\n]/;
/** @param {unknown} value */
function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const plain = (/** @type {unknown} */ one) => (typeof one === "object" ? JSON.stringify(one) : String(one));
  const text = (Array.isArray(value) ? value.map(plain).join("; ") : plain(value))
    .replace(/[\p{Cc}\p{Cs}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Rows as CSV (RFC 4180), with the names of all their columns.
 * @param {Record<string, any>[]} rows
 */
export function csv(rows) {
  const columns = [...new Set(rows.flatMap(Object.keys))];
  const lines = [columns, ...rows.map((row) => columns.map((name) => (Object.hasOwn(row, name) ? row[name] : null)))];
  return lines.map((values) => `${values.map(cell).join(",")}\n`).join("");
}
