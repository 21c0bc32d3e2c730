// What a page of layers shows of its scripts as `pkzone`: to the tests, and in the console.

export * as difference from "./compare/difference.js";
export * as geodesic from "./data/geodesic.js";
export * as data from "./data/layers.js";
export * as store from "./data/store.js";
export * as draw from "./drawing/draw.js";
export * as look from "./drawing/look.js";
export * as download from "./tools/download.js";
export * as events from "./tools/events.js";
export * as permalink from "./tools/permalink.js";
export { rounding } from "./words/rounding.js";
export * as text from "./words/text.js";
