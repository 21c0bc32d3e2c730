// The line that says what a tool has done.

import { byId } from "../dom.js";

/**
 * Says something in it.
 * @param {string} said
 */
export function tell(said) {
  byId("pk-told").textContent = said;
}
