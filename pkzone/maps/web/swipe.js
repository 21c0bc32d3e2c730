"use strict";

// The divider between two versions: A is drawn left of it, B right of it.
pkzone.swipe = (() => {
  const { make } = pkzone.dom;
  const { moving } = pkzone.difference;
  const { draw, text } = pkzone;
  const { map } = draw;
  const byId = (id) => document.getElementById(id);
  const [holder, slider, line] = ["pk-divide", "pk-swipe", "pk-divider"].map(byId);
  const THUMB = 44;
  let at = null, middle;

  const names = () => [...moving.map(({ name }) => name), "uncertainty"];

  function clip(name, polygon) {
    const pane = map.getPane(`pk-${name}`);
    if (pane) pane.style.clipPath = polygon;
  }

  // The panes keep their place while the map moves under them, so the clips follow the window.
  function place() {
    if (at === null) return;
    const { x: width, y: height } = map.getSize();
    const x = THUMB / 2 + (at / 100) * (width - THUMB);
    const [left, top] = [map.containerPointToLayerPoint([0, 0]), map.containerPointToLayerPoint([width, height])]
      .map(({ x: east, y: south }) => [east, south]);
    middle = left[0] + x;
    const box = (west, east) => `polygon(${[[west, left[1]], [east, left[1]], [east, top[1]], [west, top[1]]].map((point) => point.map((value) => `${value}px`).join(" ")).join(", ")})`;
    for (const name of names()) {
      clip(`${name}~a`, box(left[0], middle));
      clip(name, box(middle, top[0]));
    }
    line.style.left = `${x}px`;
  }

  // Whether the divider keeps a pane's features from a point of the map's layers.
  const hides = (name, { x }) =>
    at !== null && (name.endsWith("~a") ? x > middle : moving.some((layer) => layer.name === name) && x < middle);

  function show(view) {
    const wanted = view.compare ? view.swipe : null;
    holder.hidden = wanted === null;
    if (wanted === null && at !== null) for (const name of names()) for (const one of [name, `${name}~a`]) clip(one, "");
    at = wanted;
    if (at === null) return;
    slider.value = String(at);
    slider.setAttribute("aria-valuetext", text.say("percent", { number: at }));
    byId("pk-side-a").replaceChildren(make("b", {}, "A"), ` ${text.date(pkzone.compare.baseOf(view))}`);
    byId("pk-side-b").replaceChildren(make("b", {}, "B"), ` ${text.date(view.on)}`);
    place();
  }

  function start({ adjust }) {
    slider.addEventListener("input", () => adjust({ swipe: Number(slider.value) }));
    map.on("move zoomend viewreset resize", place);
  }

  return { show, start, hides };
})();
