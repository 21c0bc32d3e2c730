// Says that lines and areas are drawn with fewer vertices: beside the date, and about the map.

import { payload } from "../data/store.js";
import { byId, firstOf, make } from "../dom.js";
import * as text from "../words/text.js";

/** Adds both sentences, on a page that is simplified. */
export function start() {
  if (!payload.simplified_m) return;
  text.add({
    simplified: "Simplified to {size}.",
    simplified_told: "Lines and areas are simplified to {size}, also in what is downloaded: no vertex left out lies farther from the line drawn. Lengths and areas are those of the full geometry.",
  });
  const short = make("p", { id: "pk-simplified", class: "pk-faint" });
  const long = make("p");
  byId("pk-as-of").after(short);
  firstOf("#pk-about p").after(long);
  text.spoken(() => {
    const size = text.say("m", { number: text.number(payload.simplified_m ?? 0, 2) });
    short.textContent = text.say("simplified", { size });
    long.textContent = text.say("simplified_told", { size });
  });
}
