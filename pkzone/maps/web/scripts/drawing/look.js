// Which rule draws a feature and what its symbol is made of: the twin of style.py.

import { own, payload } from "../data/store.js";
import { svg } from "../dom.js";

/** The style table. */
export const table = payload.style;

/**
 * The colour of a token, as CSS has it; a file that is styled has colours of its own, `#rrggbb`.
 * @param {string} token
 */
export const color = (token) => (token.startsWith("#") ? token : `var(--pk-${token})`);

/**
 * @param {Where} where
 * @param {Drawn} state
 */
function meets(where, state) {
  return Object.entries(where).every(([key, wanted]) => {
    if (key === "@look") return state.look === wanted;
    const value = key === "@geometry" ? state.geometry.kind : key === "@lead" ? Boolean(state.lead) : own(state.properties, key) ?? null;
    return Array.isArray(wanted) ? wanted.includes(value) : wanted === value;
  });
}

/**
 * The rules of a layer.
 * @param {string} layer
 * @returns {Rule[]}
 */
export const rulesOf = (layer) => own(table.rules, layer) ?? table.any;

/** @type {<T extends { where: Where }>(rules: T[], state: Drawn) => T | undefined} */
const firstMet = (rules, state) => rules.find((rule) => meets(rule.where, state));

// The rules of each look of a file are gathered once: there may be as many looks as features.
/** @type {Map<string, Rule[][]>} */
const looks = new Map();
/** @param {string} layer */
function looksOf(layer) {
  if (!looks.has(layer)) {
    /** @type {Rule[][]} */
    const known = [];
    for (const rule of rulesOf(layer)) (known[rule.where["@look"]] ??= []).push(rule);
    looks.set(layer, known);
  }
  return /** @type {Rule[][]} */ (looks.get(layer));
}

/**
 * The rule that draws a feature.
 * @param {Drawn} state
 * @returns {Rule}
 */
export const ruleFor = (state) => firstMet(state.look === undefined ? rulesOf(state.layer) : looksOf(state.layer)[state.look] ?? [], state) ?? table.any[table.any.length - 1];

/**
 * The modifiers of a feature; one that is drawn by other rules than those of its home changes in size only.
 * @param {State} state
 */
const modifiersFor = (state) => table.modifiers.filter((change) => (change.scale || !state.home) && meets(change.where, state));

/**
 * The rule for the name of a feature, if it is to be written.
 * @param {State} state
 * @returns {StyleTable["labels"][string][number] | undefined}
 */
export const labelFor = (state) => firstMet(own(table.labels, state.home ?? state.layer) ?? [], state);

/**
 * One symbol: the rule with all modifiers applied.
 * @param {State} state
 * @returns {PageSymbol}
 */
export function symbolFor(state) {
  const rule = ruleFor(state);
  /** @type {PageSymbol} */
  const symbol = { ...rule, rule, opacity: 1, modifiers: modifiersFor(state) };
  for (const change of symbol.modifiers) {
    if (change.opacity) symbol.opacity *= change.opacity;
    if (change.scale && symbol.size) symbol.size *= change.scale;
    if (change.band) symbol.band = { ...change.band, color: rule.strokes[0].color };
  }
  return symbol;
}

/**
 * The outline of a marker round a point, as an SVG path.
 * @param {string | undefined} shape
 * @param {number} size
 * @param {number} x
 * @param {number} y
 */
export function shapePath(shape, size, x, y) {
  /** @type {[number, number][] | null | undefined} */
  const outline = own(table.shapes, shape ?? "");
  if (!outline) return `M${x - size},${y}a${size},${size} 0 1,0 ${2 * size},0a${size},${size} 0 1,0 ${-2 * size},0Z`;
  return `M${outline.map(([dx, dy]) => `${(x + dx * size).toFixed(2)},${(y + dy * size).toFixed(2)}`).join("L")}Z`;
}

/**
 * How far the middle of a marker lies above its point, in its own size.
 * @param {{ shape?: string }} symbol
 */
export const liftOf = ({ shape }) => (shape === "pin" ? 2 : 0);

/** @param {Hatch} hatch */
const hatchId = (hatch) => `pk-hatch-${hatch.color}-${hatch.gap}-${hatch.angle}`;

/**
 * Puts the hatch patterns of the table into the page, once.
 * @param {Element} defs
 */
export function addPatterns(defs) {
  const rules = [...Object.values(table.rules).flat(), ...table.any];
  const hatches = new Map(rules.flatMap(({ hatch }) => (hatch ? [[hatchId(hatch), hatch]] : [])));
  for (const [id, { color: token, width, gap, angle, opacity }] of hatches) {
    const line = svg("path", { d: `M0,0V${gap}`, stroke: color(token), "stroke-width": 2 * width, "stroke-opacity": opacity });
    defs.append(svg("pattern", { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` }, line));
  }
}

/**
 * The fill of a symbol, as an attribute of SVG.
 * @param {Pick<Rule, "hatch" | "fill">} symbol
 */
export const fillOf = (symbol) => (symbol.hatch ? `url(#${hatchId(symbol.hatch)})` : symbol.fill ? color(symbol.fill) : "none");

/**
 * A small picture of a symbol for the legend; kind is point, line or area.
 * @param {Pick<PageSymbol, "strokes"> & Partial<PageSymbol>} symbol
 * @param {string} kind
 */
export function swatch(symbol, kind) {
  const picture = svg("svg", { viewBox: "0 0 40 18", class: "pk-swatch", "aria-hidden": "true" });
  const marker = liftOf(symbol) ? shapePath(symbol.shape, 5.4, 20, 17) : shapePath(symbol.shape, symbol.size ?? 4, 20, 9);
  const d = own({ line: "M1,9H39", area: "M4,2.5H36V15.5H4Z" }, kind) ?? marker;
  const put = (/** @type {Record<string, any>} */ attributes) => picture.append(svg("path", { d, fill: "none", ...attributes }));
  const bands = symbol.band ? [{ ...symbol.band, dash: [] }] : [];
  if (kind !== "line") put({ fill: fillOf(symbol), "fill-opacity": symbol.hatch ? 1 : symbol.fill_opacity ?? 0, opacity: symbol.opacity ?? 1 });
  for (const stroke of [...bands, ...symbol.strokes]) {
    put({ stroke: color(stroke.color), "stroke-width": stroke.width, "stroke-dasharray": stroke.dash.join(" ") || "none",
          "stroke-opacity": (stroke.opacity ?? 1) * (symbol.opacity ?? 1), "stroke-linejoin": "round" });
  }
  return picture;
}
