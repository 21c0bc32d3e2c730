// The line that says what a tool has done.

import { byId } from "../dom.js";
import { flash } from "./hint.js";

const line = byId("pk-told");

/**
 * Says something in it; on the map where the tools are put away.
 * @param {string} said
 */
export function tell(said) {
  line.textContent = said;
  if (said && !line.getClientRects().length) flash(said);
}
