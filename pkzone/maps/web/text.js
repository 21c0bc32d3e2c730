"use strict";

// The words that every page has, and the few functions that put words together. A phrase is
// written in English; what it is in the language on view stands in the payload.
pkzone.text = (() => {
  const { own, payload } = pkzone.store;
  const { languages, phrases, months, months_alone: monthsAlone, dates, terms } = payload.words;
  const ends = payload.ends ?? {};
  const listeners = [];
  const ofData = payload.languages?.[0] ?? "en";
  let language = payload.language;
  // A language that only names are in is spoken in English.
  const hasWords = (code) => own(months, code) !== undefined;
  const wording = () => (hasWords(language) ? language : "en");

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
    no_name: "Without a name",
    km: "{number} km",
    m: "{number} m",
    km2: "{number} km²",
    published: "{km} km published",
    drawn: "{km} km as drawn",
    either_way: "the true place may lie about {size} either way",
    one_way: "one way, from {from} to {to}",
    status_means: "{status}: {meaning}",
    meanings: "What the statuses mean",
    zoom_in: "Zoom in",
    zoom_out: "Zoom out",
  };

  // A page adds the words of its own.
  const add = (more) => Object.assign(words, more);

  const fields = {
    name: "English", name_az: "Azerbaijani", name_hy: "Armenian", name_ru: "Russian",
    kind: "Kind", mode: "Mode", status: "Status", basis: "Basis", controller: "Controller",
    traffic: "Traffic", direction: "Direction", from_place: "Begins at", to_place: "Ends at",
    route: "Route", boundary_status: "Boundary", since: "Since", certainty: "Certainty",
    uncertainty_m: "Uncertainty", geometry_basis: "Drawing", length: "Length", area: "Area drawn",
    note: "Note",
  };

  const values = {
    status: {
      ...terms.status, in_force: "in force", dissolving: "dissolving",
      held: "held", operating: "operating", dismantled: "dismantled", inside: "inside the zone",
      corridor: "in the corridor", divided: "divided", disputed: "disputed",
      outside: "outside the zone", unknown: "not known", shown: "",
    },
    traffic: terms.traffic,
    direction: terms.direction,
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
      digitised: "digitised from satellite images",
      generalised: "generalised from a published small-scale line",
      schematic: "schematic: straight segments between known points",
    },
    boundary_status: {
      international: "international", district: "district", former_line: "former line",
    },
  };

  // A phrase in the language on view; one without an entry stays as it stands.
  const phrase = (english) => own(phrases, english)?.[languages.indexOf(language) - 1] ?? english;
  const field = (name) => phrase(fields[name]);

  const say = (key, parts = {}) =>
    phrase(words[key]).replace(/\{(\w+)\}/g, (whole, part) => String(own(parts, part) ?? whole));

  // A phrase as nodes: its braces hold elements.
  const around = (key, nodes) => phrase(words[key]).split(/\{(\w+)\}/).map((part, index) => (index % 2 ? nodes[part] : part));

  // Any JSON value as text. An object's own "toString" may be data, so it is never asked.
  const plain = (raw) => (typeof raw === "object" ? JSON.stringify(raw) : String(raw));
  const spaced = (raw) => plain(raw).replaceAll("_", " ");

  // A value of a property in words; what has no entry is shown as it stands.
  function value(field, raw) {
    if (field === "traffic" && Array.isArray(raw)) return raw.map((one) => (typeof one === "string" ? phrase(own(terms.traffic, one) ?? one) : plain(one))).join(", ");
    if (typeof raw === "object") return plain(raw);
    if (field === "from_place" || field === "to_place") return endName(raw);
    const known = own(own(values, field) ?? {}, raw);
    return phrase(known ?? (field === "kind" || field === "mode" ? spaced(raw) : String(raw)));
  }

  // 2021, 2021-07 and 2021-07-05 in words; anything else as it stands.
  function date(text) {
    const match = /^([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?$/.exec(plain(text));
    if (!match) return plain(text);
    const [, year, month, day] = match;
    if (!month) return year;
    const name = (day ? months : monthsAlone)[wording()][Number(month) - 1] ?? month;
    const parts = { day: Number(day), month: name, year };
    return dates[wording()][day ? 0 : 1].replace(/\{(\w+)\}/g, (whole, part) => parts[part]);
  }

  // 1,234.5 in English, 1 234,5 in the others: the same in every browser.
  function number(value, most, least = 0) {
    const written = value.toLocaleString("en", { maximumFractionDigits: most, minimumFractionDigits: least });
    return wording() === "en" ? written : written.replace(".", ";").replaceAll(",", "\u00a0").replace(";", ",");
  }

  function uncertainty(metres) {
    if (typeof metres !== "number") return plain(metres);
    const size = metres >= 1000 ? say("km", { number: number(metres / 1000, 1) }) : say("m", { number: number(metres, 0) });
    return say("either_way", { size });
  }

  // What a language calls itself.
  function languageName(code) {
    const known = own(payload.words.names, code) ?? code;
    if (known !== code) return known;
    try {
      return new Intl.DisplayNames([code], { type: "language" }).of(code);
    } catch {
      return code;
    }
  }

  // A name in the language on view, else in both forms, else the id; and the language it is in.
  const nameFields = () => (language === "en" && ofData === "en" ? [] : [`name_${language}`]);
  const isName = (given) => typeof given === "string" && given !== "";
  function name(state) {
    const key = [...nameFields(), state.label ?? "name"].find((one) => isName(own(state.properties, one)));
    return key ? state.properties[key] : state.id === null ? say("no_name") : String(state.id);
  }
  // The name of a place or junction where a link begins or ends; of one that nobody knows, the id.
  const endName = (id) => name({ id: plain(id), properties: own(ends, id) ?? {} });

  // The status of a link with what it means for a traveller.
  const meaning = (status) => {
    const means = typeof status === "string" && own(terms.meaning, status);
    return means ? say("status_means", { status: value("status", status), meaning: phrase(means) }) : value("status", status);
  };
  const isLink = ({ properties }) => Object.hasOwn(properties, "mode");

  // What language a file is in, nobody says.
  const nameIsOf = (state) => (state.label ? "" : nameFields().some((key) => isName(own(state.properties, key))) ? language : ofData);

  // Calls a function whenever the language changes, and once at first.
  function spoken(write) {
    listeners.push(write);
    write();
  }

  function speak(code) {
    if (code === language) return;
    language = code;
    for (const write of listeners) write();
  }

  const current = () => language;

  // Writes all fixed words into the page.
  function fill() {
    document.documentElement.lang = wording();
    for (const element of document.querySelectorAll("[data-text]")) {
      element.textContent = say(element.dataset.text);
    }
    for (const element of document.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", say(element.dataset.label));
      if (element.matches("button, input, select")) element.title = say(element.dataset.label);
    }
  }

  return {
    words, add, phrase, say, around, field, value, meaning, isLink, plain, spaced, date, number, uncertainty,
    name, nameIsOf, fill, fields, languages, languageName, current, hasWords, wording, ofData, speak, spoken,
  };
})();
