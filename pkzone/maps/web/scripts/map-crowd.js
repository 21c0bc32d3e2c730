// The bundle of a page of layers whose features are too many for SVG.

import "./words/map-words.js";
import "./panels/notice.js";
import "./drawing/crowd.js";
import { start } from "./main.js";

export * from "./exposed.js";
start();
