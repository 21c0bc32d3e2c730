// A small page's data, packed by zlib, where the scripts look for it: no browser is needed.

import { deflateRawSync } from "node:zlib";

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~";

/**
 * Bytes as digits of base 85: five for every four bytes, filled up with zeros and cut again.
 * @param {Uint8Array} bytes
 */
export function inBase85(bytes) {
  const filling = (4 - (bytes.length % 4)) % 4;
  const filled = Buffer.concat([bytes, Buffer.alloc(filling)]);
  let text = "";
  for (let i = 0; i < filled.length; i += 4) {
    let word = filled.readUInt32BE(i), digits = "";
    for (let place = 0; place < 5; place += 1) {
      digits = DIGITS[word % 85] + digits;
      word = Math.floor(word / 85);
    }
    text += digits;
  }
  return text.slice(0, text.length - filling);
}

/**
 * A block of data as a page carries it.
 * @param {string} text
 * @param {Uint8Array} [numbers]
 * @param {import("node:zlib").ZlibOptions} [options]
 */
export function packed(text, numbers = new Uint8Array(), options = {}) {
  const bytes = Buffer.from(text);
  const all = Buffer.concat([bytes, numbers]);
  return { packed: inBase85(deflateRawSync(all, options)), bytes: all.length, text: bytes.length };
}

/**
 * Numbers as the page stores them: steps from one to the next in zigzag, first all lowest bytes.
 * @param {[number, number][]} pairs
 */
export function stored(pairs) {
  const planes = [1, 0].map((axis) => {
    const values = pairs.map((pair) => pair[axis]);
    const steps = values.map((value, index) => value - (index ? values[index - 1] : 0));
    const bytes = Buffer.alloc(4 * steps.length);
    steps.forEach((step, index) => {
      const zigzag = step < 0 ? -2 * step - 1 : 2 * step;
      for (let byte = 0; byte < 4; byte += 1) bytes[byte * steps.length + index] = (zigzag >>> (8 * byte)) & 255;
    });
    return bytes;
  });
  return Buffer.concat(planes);
}

const MONTHS = { en: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"],
                 ru: ["января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря"] };

const WORDS = {
  languages: ["en", "ru"],
  names: { en: "English", ru: "Русский" },
  reviewed: ["en"],
  terms: { status: { open: "open", closed: "closed" }, traffic: { civilian: "civilians" }, direction: {}, meaning: { open: "anybody may pass" } },
  in_use: ["open"],
  dates: { en: ["{day} {month} {year}", "{month} {year}"], ru: ["{day} {month} {year} г.", "{month} {year} г."] },
  months: MONTHS,
  months_alone: { ...MONTHS, ru: ["январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь", "ноябрь", "декабрь"] },
  phrases: { english: ["Close", "open", "{number} km"], said: [["Закрыть", "открыто", "{number} км"]] },
};

/** A road that is closed, then opened on another course; a post that comes. */
export const PAYLOAD = {
  title: "Test", language: "en", languages: ["en"], on: "2021-05-01", dates: ["2020-11-10", "2021-05-01", "2022-09-01"], known: "2022-09-01",
  home: [46, 39, 47, 40], canvas: null, unreviewed: true, words: WORDS, events: [], sources: [], licenses: [],
  citation: { title: "Test", publisher: "A desk", version: "3", date: "2026-01-02", sha256: "ab".repeat(32) },
  style: { groups: [{ id: "routes", layers: ["roads"] }, { id: "base", layers: ["rivers"] }], order: ["*"], focus: [], shapes: { square: [[-1, -1], [1, -1], [1, 1], [-1, 1]] },
           rules: { roads: [{ where: { status: ["closed"] }, label: "Closed", strokes: [{ color: "route", width: 2, dash: [4, 2] }] },
                            { where: { "@geometry": "line" }, label: "Road", strokes: [{ color: "route", width: 2, dash: [] }] }] },
           any: [{ where: {}, label: "Other", shape: "square", size: 4, strokes: [] }],
           modifiers: [{ where: { certainty: "inferred" }, opacity: 0.5 }, { where: { certainty: "inferred" }, scale: 2 }], labels: {} },
  layers: [
    { name: "roads", title: "Roads", fixed: false, features: [{ id: "a-b", shared: { mode: "road" } }, { id: "post", shared: {} }],
      states: [{ feature: 0, geometry: 0, properties: { status: "closed" } }, { feature: 0, geometry: 1, properties: { status: "open" } }, { feature: 1, geometry: 2, properties: {} }],
      versions: [{ id: "2020-11-10", title: "First", from: "2020-11-10", to: "2021-05-01", states: [0], events: [] },
                 { id: "2021-05-01", title: "Second", from: "2021-05-01", to: null, states: [1, 2], events: [] }] },
    { name: "rivers", title: "Rivers", fixed: true, features: [], states: [], versions: [{ id: "1", title: "", from: "2020-11-10", to: null, states: [], events: [] }] },
  ], around: [], borders: [],
  geometries: [{ type: "LineString", paths: [0] }, { type: "LineString", paths: [0, 1] }, { type: "Point", coordinates: [46.5, 39.5, 900] }],
  runs: [2, 1], compare: { tolerance_m: 25, layers: [null, null] },
  charts: [{ layer: "roads", measure: "length_drawn_in_use_km", values: [0, 20], schematic: [0, 5], uncertainty_m: 250 },
           { subject: "posts", unit: "posts", points: [["2020-11-12", 10, "exact", "A", ["a"]], ["2021-01-01", 30, "about", "A", ["a"]], ["2021-01-01", 40, "more_than", "B", ["b"]]] }],
};

/** @type {[number, number][]} */
const VERTICES = [[39000000, 46000000], [39000000, 46100000], [39100000, -46100000]];

const block = JSON.stringify(packed(JSON.stringify(PAYLOAD), stored(VERTICES)));
Object.assign(globalThis, { document: { getElementById: (/** @type {string} */ id) => (id === "pkzone-payload" ? { textContent: block } : null) } });
