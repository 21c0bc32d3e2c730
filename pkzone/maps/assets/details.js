"use strict";

// The panel's texts: one feature with its sources, and the changes of a day.
pkzone.details = (() => {
  const { own, events } = pkzone.store;
  const { byName, statesOn, begun, payload, stopOn } = pkzone.data;
  const { make, svg } = pkzone.dom;
  const { rows, sourceList, event } = pkzone.facts;
  const text = pkzone.text;
  const section = document.getElementById("pk-feature");

  function closeButton(onClose) {
    const cross = svg("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, svg("path", { d: "m4 4 8 8m0-8-8 8" }));
    const button = make("button", { type: "button", class: "pk-close", "aria-label": text.say("close"), title: text.say("close") }, cross);
    button.addEventListener("click", onClose);
    return button;
  }

  // Shows the chosen feature as it is on the day, or that it is not on the map then.
  function showFeature(view, onClose) {
    section.hidden = !view.chosen;
    if (!view.chosen) return section.replaceChildren();
    const layer = byName.get(view.chosen.layer);
    const any = layer.states.find((state) => String(state.id) === view.chosen.id);
    const state = statesOn(layer, view.on).find((one) => one.id === any.id);
    const heading = make("h2", { tabindex: "-1", id: "pk-feature-name" }, text.name(state ?? any));
    const ids = own(state?.properties ?? {}, "sources");
    section.setAttribute("aria-labelledby", "pk-feature-name");
    section.replaceChildren(
      make("div", { class: "pk-feature-head" }, heading, closeButton(onClose)),
      make("p", { class: "pk-faint" }, layer.title || layer.name),
      state ? make("dl", {}, rows(state)) : make("p", {}, text.say("absent", { date: text.date(view.on) })));
    if (Array.isArray(ids) && ids.length) section.append(make("h3", {}, text.say("source")), sourceList(ids));
  }

  function focusFeature() {
    const heading = document.getElementById("pk-feature-name");
    heading.scrollIntoView({ block: "nearest" });
    heading.focus({ preventScroll: true });
  }

  // What the versions that begin on the day's stop say about it, and the events they name.
  function showChanges(view) {
    const stop = stopOn(view.on);
    const changes = begun(view.on);
    const ids = [...new Set(changes.flatMap(({ version }) => version.events))].filter((id) => events.has(id));
    document.getElementById("pk-changes").replaceChildren(
      make("h2", {}, text.say(stop ? "changes" : "begins", { date: text.date(payload.dates[stop]) })),
      make("ul", { class: "pk-versions" }, changes.map(({ layer, version }) =>
        make("li", {}, make("b", {}, layer.title || layer.name), ` ${version.title}`))),
      make("ul", { class: "pk-events" }, ids.map((id) => event(events.get(id)))));
  }

  return { showFeature, showChanges, focusFeature };
})();
