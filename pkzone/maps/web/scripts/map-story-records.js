// The bundle of a page of layers with a guided story and the records of a tagged table.

import "./words/map-words.js";
import "./panels/notice.js";
import "./drawing/crowd.js";
import { start } from "./main.js";
import * as recordList from "./records/list.js";
import * as teller from "./story/story.js";

export * from "./exposed.js";
export * as records from "./records/records.js";
start({ recordList, teller });
