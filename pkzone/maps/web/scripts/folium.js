// What folium takes from helper libraries for its own objects, so that these need no network.
//
// Pins, which are picture files elsewhere, and elements made from a popup's HTML.

const COLORS = {
  red: "#d43d2a", darkred: "#9d2f2f", lightred: "#ff8e7f", orange: "#f09426", beige: "#ffca92",
  green: "#6fa923", darkgreen: "#6f7f21", lightgreen: "#b9ef73", blue: "#2e86b5",
  darkblue: "#00649b", lightblue: "#88daff", cadetblue: "#426777", purple: "#cf50b3",
  darkpurple: "#5b396b", pink: "#ff91e8", white: "#fbfbfb", gray: "#575757",
  lightgray: "#a3a3a3", black: "#303030",
};
const pin = (color) => "data:image/svg+xml," + encodeURIComponent(
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 25 41"><path d="M12.5 1C6 1 1 6 1 12.5c0 8 9 14 11.5 27C15 26.5 24 20.5 24 12.5 24 6 19 1 12.5 1z" fill="${color}" stroke="#fff"/><circle cx="12.5" cy="12.5" r="4" fill="#fff"/></svg>`);

const leaflet = /** @type {any} */ (L);
delete leaflet.Icon.Default.prototype._getIconUrl;
leaflet.Icon.Default.mergeOptions({ iconUrl: pin("#0b5c8a"), iconRetinaUrl: null, shadowUrl: null, shadowSize: null });

// Without the library that draws a sign in the pin, the pin has its colour.
leaflet.AwesomeMarkers ??= {
  icon: ({ markerColor }) => new leaflet.Icon.Default({ iconUrl: pin(COLORS[markerColor] ?? COLORS.blue) }),
};

window.$ ??= (html) => {
  const holder = document.createElement("template");
  holder.innerHTML = html.trim();
  return [...holder.content.children];
};
