"use strict";

// A background from a tile server: it lies under everything, its switch stands in the legend.
(() => {
  const { payload } = pkzone.store;
  const { make, link } = pkzone.dom;
  const { draw, text, settings } = pkzone;
  const { url, subdomains, host, credit, max_zoom: maxNativeZoom } = payload.tiles;
  text.add({ background: "Background", tiles: "Background map", tiles_from: "This map loads its background from {host}." });

  const layer = L.tileLayer(url, { subdomains, maxNativeZoom, maxZoom: 24 });
  const box = make("input", { type: "checkbox" });
  const name = make("span", {});
  const from = make("p", { class: "pk-faint" });
  const said = make("span", {});
  const credits = make("p", { id: "pk-credit", class: "leaflet-control" }, said, credit.map(([one, address]) => link(one, address)));
  document.getElementById("pk-groups").after(make("label", { class: "pk-check", id: "pk-tiles" }, box, name), from);
  document.getElementById("pk-small-print").before(credits);

  const show = (on) => {
    if (on !== draw.map.hasLayer(layer)) layer[on ? "addTo" : "removeFrom"](draw.map);
    box.checked = on;
    credits.hidden = !on;
  };

  if (settings) {
    const { read, write, apply, start } = settings;
    let change;
    box.addEventListener("change", () => change({ tiles: box.checked }));
    Object.assign(settings, {
      read: (fields) => ({ ...read(fields), tiles: fields.get("tiles") !== "0" }),
      write: (view) => [...write(view), ...(view.tiles ? [] : ["tiles=0"])],
      start: (given) => {
        change = given;
        start(given);
      },
      apply: (view) => {
        apply(view);
        show(view.tiles);
      },
    });
  } else {
    box.addEventListener("change", () => show(box.checked));
    show(true);
  }
  text.spoken(() => {
    name.textContent = text.say("tiles");
    from.textContent = text.say("tiles_from", { host });
    said.textContent = `${text.say("background")}: `;
  });
})();
