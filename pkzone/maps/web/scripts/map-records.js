// The bundle of a page of layers with the records of a tagged table on them.

import "./words/map-words.js";
import "./panels/notice.js";
import "./drawing/crowd.js";
import { start } from "./main.js";
import * as list from "./records/list.js";

export * from "./exposed.js";
export * as records from "./records/records.js";
start({ recordList: list });
