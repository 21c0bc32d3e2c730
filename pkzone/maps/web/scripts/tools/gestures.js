// In a frame one finger and the wheel scroll the page around it; two fingers and Ctrl move and zoom the map.
//
// Two fingers are Leaflet's own; one is kept from it, and left to the browser by `touch-action`.

import { map } from "../drawing/draw.js";
import { isFramed } from "../frame.js";
import * as text from "../words/text.js";
import { flash } from "./hint.js";

const container = map.getContainer();
const KEY = /^Mac/.test(navigator.platform) ? "⌘" : "Ctrl";
const isAlone = () => Boolean(document.fullscreenElement);

function onWheel(event) {
  if (isAlone() || event.ctrlKey || event.metaKey) return;
  event.stopImmediatePropagation();
  flash(text.say("hint_wheel", { key: KEY }));
}

// Before Leaflet sees the finger; a mouse goes on dragging the map.
function onPointer({ pointerType }) {
  if (pointerType === "touch" && !isAlone()) map.dragging.disable();
  else map.dragging.enable();
}

function onTouch(event) {
  if (isAlone()) return;
  if (event.touches.length > 1) event.preventDefault(); // or the browser would scroll by them
  else if (event.type === "touchmove") flash(text.say("hint_touch"));
}

/** Shares the gestures with the page around, where there is one. */
export function start() {
  if (!isFramed) return;
  const mark = () => container.classList.toggle("pk-shared", !isAlone());
  mark();
  document.addEventListener("fullscreenchange", mark);
  container.addEventListener("wheel", onWheel, { capture: true, passive: true });
  container.addEventListener("pointerdown", onPointer, { capture: true });
  for (const kind of ["touchstart", "touchmove"]) container.addEventListener(kind, onTouch, { capture: true, passive: false });
}
