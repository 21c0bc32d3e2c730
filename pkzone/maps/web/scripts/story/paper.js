// What is said at a stop: sentences with the numbers of their sources; and all stops on paper, with pictures.

import { events, own, sources } from "../data/store.js";
import { allOf, byId, link, make } from "../dom.js";
import { event, inData, sourceList } from "../panels/facts.js";
import { drawn } from "../tools/picture.js";
import * as text from "../words/text.js";
import { citedIn, dayOf, fullText, stops } from "./stop.js";

const NARROW = "\u202f"; // keeps numbers at the word before them

text.add({
  story_sources: "Sources and events",
  story_compared: "compared with {date}",
});

// The number of a source, which leads to it.
function mark(id, ids) {
  const record = sources.get(id) ?? {};
  const made = link(`[${ids.indexOf(id) + 1}]`, own(record, "URL"));
  return Object.assign(made, inData(), { className: "pk-mark", title: text.plain(own(record, "title") ?? id) });
}

const inOrder = (cited, ids) => [...cited].sort((a, b) => ids.indexOf(a) - ids.indexOf(b));

/**
 * The sentences of a stop, a paragraph; behind each the numbers of its sources.
 * @param {StoryStop} stop
 * @param {string[]} ids  of sources, as they are numbered
 */
const sentencesOf = ({ sentences }, ids) => make("p", {}, sentences.map(({ text: english, sources: cited }, index) =>
  [index ? " " : null, fullText(english), cited.length ? NARROW : null, inOrder(cited, ids).map((id) => mark(id, ids))]));

/**
 * The other day, where two are compared.
 * @param {StoryStop} stop
 */
export const compared = ({ compare }) => (compare
  ? [make("p", { class: "pk-faint" }, text.around("story_compared", { date: make("time", { datetime: compare }, text.date(compare)) }))] : []);

/**
 * All that a stop says below its heading.
 * @param {StoryStop} stop
 */
export function wordsOf(stop) {
  const ids = citedIn(stop);
  const told = stop.events.filter((id) => events.has(id));
  const numbered = sourceList(ids);
  allOf("li", numbered).forEach((item, index) => { item.dataset.number = String(index + 1); });
  const more = make("details", { class: "pk-more" },
    make("summary", {}, text.say(told.length ? "story_sources" : "source")),
    ids.length ? numbered : null,
    told.length ? make("ul", { class: "pk-events" }, told.map((id) => event(events.get(id)))) : null);
  return [sentencesOf(stop, ids), ...(ids.length || told.length ? [more] : [])];
}

/** The map as it is in view, with its legend. */
export const picture = () => drawn({}).root;

/**
 * Puts the stops before the map, for paper; what is returned takes them off.
 * @param {Element[]} pictures  one for each
 * @param {string[]} cited  ids of all sources of the story, as they are numbered
 */
export function put(pictures, cited) {
  const blocks = stops.map((stop, index) => make("article", {},
    make("h2", {}, `${text.number(index + 1, 0)}. `, fullText(stop.heading)),
    make("p", { class: "pk-faint" }, dayOf(stop)), compared(stop), pictures[index], sentencesOf(stop, cited)));
  const section = make("section", { id: "pk-told-story" }, blocks);
  byId("pk-map").before(section);
  document.documentElement.classList.add("pk-told-on-paper");
  return () => {
    section.remove();
    document.documentElement.classList.remove("pk-told-on-paper");
  };
}
