// A few words on the map that go away by themselves.

import { byId } from "../dom.js";

const STAYS_MS = 1600;
const box = byId("pk-hint");
let timer;

/**
 * Says something on the map for a moment.
 * @param {string} said
 */
export function flash(said) {
  clearTimeout(timer);
  if (box.textContent !== said) box.textContent = said;
  timer = setTimeout(() => box.replaceChildren(), STAYS_MS);
}
