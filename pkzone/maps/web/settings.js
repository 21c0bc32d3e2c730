"use strict";

// How the page speaks and looks: language, theme, uncertainty; chosen in the page or its address.
pkzone.settings = (() => {
  const { payload } = pkzone.store;
  const { make, svg } = pkzone.dom;
  const { draw, text } = pkzone;
  const THEMES = ["auto", "light", "dark"];
  const byId = (id) => document.getElementById(id);
  const { reviewed, names_only: namesOnly = "" } = payload.words;

  // What an address asks for, sound or not.
  function read(fields) {
    const [lang, theme] = [fields.get("lang"), fields.get("theme")];
    return {
      lang: text.languages.includes(lang) ? lang : payload.language,
      theme: THEMES.includes(theme) ? theme : "auto",
      band: fields.get("band") === "1",
    };
  }

  function write({ lang, theme, band }) {
    return [lang !== payload.language && `lang=${lang}`, theme !== "auto" && `theme=${theme}`, band && "band=1"].filter(Boolean);
  }

  // Brings words and colours to the view; whoever draws calls it before.
  function apply({ lang, theme, band }) {
    text.speak(lang);
    if (theme === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = theme;
    draw.showUncertainty(band);
    byId("pk-language").value = lang;
    byId("pk-theme").value = theme;
    byId("pk-band").checked = band;
    byId("pk-band-key").hidden = !band;
    byId("pk-unreviewed").hidden = reviewed.includes(lang);
    byId("pk-unreviewed").textContent = text.wording() === lang
      ? text.say("unreviewed") : namesOnly.replace("{language}", () => text.languageName(lang));
  }

  function start(onChange) {
    byId("pk-language").append(...text.languages.map((code) => make("option", { value: code, lang: code }, text.languageName(code))));
    byId("pk-language").hidden = text.languages.length < 2;
    document.querySelector("[data-text=translations]").hidden = text.languages.every((code) => reviewed.includes(code) || !text.hasWords(code));
    text.spoken(() => byId("pk-theme").replaceChildren(
      ...THEMES.map((theme) => make("option", { value: theme }, text.say(`theme_${theme}`)))));
    const key = svg("svg", { viewBox: "0 0 40 18", class: "pk-swatch", "aria-hidden": "true" },
      svg("path", { d: "M1,9H39", class: "pk-band-sample" }), svg("path", { d: "M1,9H39", class: "pk-band-line" }));
    byId("pk-band-key").prepend(key);
    byId("pk-language").addEventListener("change", ({ target }) => onChange({ lang: target.value }));
    byId("pk-theme").addEventListener("change", ({ target }) => onChange({ theme: target.value }));
    byId("pk-band").addEventListener("change", ({ target }) => onChange({ band: target.checked }));
  }

  return { read, write, apply, start };
})();

// The scale in the units' names of the language.
(() => {
  const { draw, text } = pkzone;
  const scale = L.Control.Scale.prototype;
  const update = scale._updateScale;
  scale._updateScale = function said(element, label, ratio) {
    update.call(this, element, label.replace(/[a-z]+$/, text.phrase), ratio);
  };
  text.spoken(() => draw.map.fire("move"));
})();
