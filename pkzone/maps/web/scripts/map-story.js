// The bundle of a page of layers with a guided story.

import "./words/map-words.js";
import "./panels/notice.js";
import "./drawing/crowd.js";
import { start } from "./main.js";
import * as teller from "./story/story.js";

export * from "./exposed.js";
start({ teller });
