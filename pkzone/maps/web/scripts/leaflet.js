// Unpacks Leaflet; the policy knows its hash, so that it may run, and no other text.

import { unpack } from "./data/unpack.js";
import { byId } from "./dom.js";

const script = document.createElement("script");
script.textContent = unpack(JSON.parse(byId("pkzone-leaflet").textContent ?? "")).text;
document.head.append(script);
