// The bundle of a page of layers with a slider over their versions.

import "./words/map-words.js";
import "./panels/notice.js";
import { start } from "./main.js";

export * from "./exposed.js";
start();
