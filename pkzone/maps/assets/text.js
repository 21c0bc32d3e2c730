"use strict";

// The words that every page has, and the few functions that put words together.
pkzone.text = (() => {
  const { own } = pkzone.store;
  const language = "en";

  const words = {
    skip: "Skip the map",
    map: "Map. Arrow keys pan, plus and minus zoom, Tab goes from feature to feature.",
    legend: "Legend",
    licence: "Data: ",
    small_print: "Not an official map. Lines are approximate.",
    disclaimer: "Not an official map. Lines are approximate: see the uncertainty of each feature. The map takes no position on the status of any territory or on names; where parties or sources differ, the note of the feature states both.",
    translations: "Names in Azerbaijani, Armenian and Russian have not yet been reviewed by a speaker.",
    made_with: "One file, no network. Drawn with Leaflet 1.9.4 (BSD 2-Clause).",
    nothing_in_view: "nothing in view",
    sure: "How sure",
    sources: "Sources ({count})",
    source: "Sources",
    close: "Close",
    properties: "Further properties",
    opens: "opens in a new tab",
    no_name: "Without a name",
  };

  // A page adds the words of its own.
  const add = (more) => Object.assign(words, more);

  const fields = {
    name_az: "Azerbaijani", name_hy: "Armenian", name_ru: "Russian",
    kind: "Kind", mode: "Mode", status: "Status", basis: "Basis", controller: "Controller",
    route: "Route", boundary_status: "Boundary", since: "Since", certainty: "Certainty",
    uncertainty_m: "Uncertainty", geometry_basis: "Drawing", length: "Length", area: "Area drawn",
    note: "Note",
  };

  const values = {
    status: {
      open: "open", restricted: "restricted", closed: "closed",
      under_construction: "under construction", planned: "planned or not yet used",
      former: "former", disused: "disused", in_force: "in force", dissolving: "dissolving",
      held: "held", operating: "operating", dismantled: "dismantled", inside: "inside the zone",
      corridor: "in the corridor", divided: "divided", disputed: "disputed",
      outside: "outside the zone", unknown: "not known", shown: "",
    },
    basis: {
      responsibility: "responsibility, as stated or mapped by those who answer for it",
      control: "control on the ground, as reported",
      traffic: "traffic, as reported",
      geography: "geography",
    },
    certainty: {
      agreed: "agreed: both parties state it",
      corroborated: "corroborated: several sources",
      reported: "reported: one source or one side",
      inferred: "inferred: follows from what is reported, not stated as such",
    },
    geometry_basis: {
      derived: "derived from published geometry",
      generalised: "generalised from a published small-scale line",
      schematic: "schematic: straight segments between known points",
    },
    boundary_status: {
      international: "international", district: "district", former_line: "former line",
    },
  };

  const months = ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

  const say = (key, parts = {}) =>
    words[key].replace(/\{(\w+)\}/g, (whole, part) => String(own(parts, part) ?? whole));

  // Any JSON value as text. An object's own "toString" may be data, so it is never asked.
  const plain = (raw) => (typeof raw === "object" ? JSON.stringify(raw) : String(raw));
  const spaced = (raw) => plain(raw).replaceAll("_", " ");

  // A value of a property in words; what has no entry is shown as it stands.
  function value(field, raw) {
    if (typeof raw === "object") return plain(raw);
    const known = own(own(values, field) ?? {}, raw);
    return known ?? (field === "kind" || field === "mode" ? spaced(raw) : String(raw));
  }

  // 2021, 2021-07 and 2021-07-05 in words; anything else as it stands.
  function date(text) {
    const match = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(plain(text));
    if (!match) return plain(text);
    const [, year, month, day] = match;
    return [day && Number(day), month && months[Number(month) - 1], year].filter(Boolean).join(" ");
  }

  const number = (value, digits) => value.toLocaleString("en", { maximumFractionDigits: digits });

  function uncertainty(metres) {
    if (typeof metres !== "number") return plain(metres);
    const size = metres >= 1000 ? `${number(metres / 1000, 1)} km` : `${number(metres, 0)} m`;
    return `the true place may lie about ${size} either way`;
  }

  const name = (state) => {
    const given = state.properties.name;
    return typeof given === "string" && given ? given : state.id === null ? words.no_name : String(state.id);
  };

  // Writes all fixed words into the page.
  function fill() {
    document.documentElement.lang = language;
    for (const element of document.querySelectorAll("[data-text]")) {
      element.textContent = words[element.dataset.text];
    }
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", words[element.dataset.label]);
      if (element.matches("button, input")) element.title = words[element.dataset.label];
    }
  }

  return { words, add, say, value, plain, spaced, date, number, uncertainty, name, fill, fields };
})();
