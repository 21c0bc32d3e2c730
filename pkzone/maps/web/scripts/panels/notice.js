// Says which hosts a page loads from, and which of them could not be reached.

import { payload } from "../data/store.js";
import { byId, make } from "../dom.js";
import * as text from "../words/text.js";

function start() {
  text.add({
    needs: "Parts of this page are loaded from: {hosts}. Without a network they are missing.",
    missing: "Not loaded: {hosts}. Parts of this page are missing; they need a network.",
    made_with: "Drawn with Leaflet 1.9.4 (BSD 2-Clause).",
  });
  const needs = (document.body.dataset.needs ?? "").split(" ").filter(Boolean);
  const box = make("p", { id: "pk-needs", role: "status" });
  byId("pk-head").append(box);

  function write() {
    const missing = [...new Set(window.pkzoneMissing.map((address) => new URL(address).host))].sort();
    const hosts = missing.length ? missing : needs;
    box.hidden = !hosts.length;
    box.classList.toggle("pk-missing", missing.length > 0);
    box.textContent = text.say(missing.length ? "missing" : "needs", { hosts: hosts.join(", ") });
  }

  text.spoken(write);
  window.addEventListener("pkzone-missing", write);
}

if (document.body.dataset.needs || payload.tiles) start();
