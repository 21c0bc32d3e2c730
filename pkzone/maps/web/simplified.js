"use strict";

// Says beside the date, and in the page's own words about itself, that lines and areas are drawn with fewer vertices.
(() => {
  const { text, dom, store } = pkzone;
  text.add({
    simplified: "Simplified to {size}.",
    simplified_told: "Lines and areas are simplified to {size}, also in what is downloaded: no vertex left out lies farther from the line drawn. Lengths and areas are those of the full geometry.",
  });
  const short = dom.make("p", { id: "pk-simplified", class: "pk-faint" });
  const long = dom.make("p");
  document.getElementById("pk-as-of").after(short);
  document.querySelector("#pk-about p").after(long);
  text.spoken(() => {
    const size = text.say("m", { number: text.number(store.payload.simplified_m, 2) });
    short.textContent = text.say("simplified", { size });
    long.textContent = text.say("simplified_told", { size });
  });
})();
