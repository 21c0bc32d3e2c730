// What the page of layers has on paper: the map as it is in view, a comparison with all its rows, or a story.

import { begun } from "../data/layers.js";
import { events, own, sources } from "../data/store.js";
import * as draw from "../drawing/draw.js";
import * as embed from "../tools/embed.js";
import * as paper from "./paper.js";

const citedBy = (states) => states.map((state) => own(state.properties, "sources")).filter(Array.isArray).flat();
const inTurn = (ids) => [...sources.keys()].filter((id) => ids.has(id));

function cited(view, difference) {
  const drawn = [...draw.drawn.values()].map(({ state }) => state);
  if (!view.compare) {
    const told = begun(view).flatMap(({ version }) => version.events).flatMap((id) => events.get(id)?.sources ?? []);
    return inTurn(new Set([...citedBy(drawn), ...told]));
  }
  const { differing, events: between } = difference(view);
  const changed = differing.flatMap(({ changes }) => changes).flatMap(({ base, target }) => [...base, ...target]);
  const around = drawn.filter(({ layer }) => !layer.startsWith("~"));
  return inTurn(new Set([...citedBy(around), ...citedBy(changed), ...between.flatMap((event) => event.sources ?? [])]));
}

/**
 * Waits for the page to be printed.
 * @param {View} view
 * @param {(view: View) => any} difference
 * @param {StoryTeller | null} story  is printed while the map shows one of its stops
 */
export function start(view, difference, story) {
  const isTold = () => story !== null && !view.away;
  paper.start({
    sources: () => (story && isTold() ? story.cited : cited(view, difference)),
    isWithoutMap: isTold,
    isDifference: () => isTold() || Boolean(view.compare),
    ends: ["pk-print", "pk-about"],
    tallest: Infinity,
    arrange() {
      embed.print(true);
      const told = story && isTold() ? [story.print(view)] : [];
      return [...told, () => embed.print(false), paper.moved("pk-difference", "pk-print"), paper.moved("pk-time", "pk-print")];
    },
  });
}
