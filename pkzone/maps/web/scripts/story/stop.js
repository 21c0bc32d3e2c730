// The stops of a story, and how their texts are told: in the language on view, or marked as another.

import { payload } from "../data/store.js";
import { make } from "../dom.js";
import { inData } from "../panels/facts.js";
import * as text from "../words/text.js";

/** The stops of the story; a page without one has none. */
export const { stops } = payload.story ?? { stops: [] };

/**
 * A text of a story.
 * @param {string} english
 */
export const fullText = (english) => make("span", inData(english), text.phrase(english));

/**
 * The day in view at a stop.
 * @param {StoryStop} stop
 */
export const dayOf = ({ date }) => make("time", { datetime: date, class: "pk-when" }, text.date(date));

/**
 * The ids of the sources that the sentences of a stop cite, each once.
 * @param {StoryStop} stop
 */
export const citedIn = ({ sentences }) => [...new Set(sentences.flatMap(({ sources }) => sources))];
