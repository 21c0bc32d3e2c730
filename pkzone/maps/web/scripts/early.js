// Chooses the layout before anything is painted, so that nothing moves once the map is there.

import { askedFor, isEmbedded } from "./frame.js";

const asked = askedFor(new URLSearchParams(location.hash.slice(1)));
document.documentElement.classList.toggle("pk-embed", isEmbedded(asked));
