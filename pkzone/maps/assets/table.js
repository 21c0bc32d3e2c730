"use strict";

// The text twin of the map: a row for every feature on the day in the layers switched on.
pkzone.table = (() => {
  const { own } = pkzone.store;
  const { byName, statesOn } = pkzone.data;
  const { make } = pkzone.dom;
  const { fold, namesOf } = pkzone.search;
  const text = pkzone.text;
  // Of files, which share no properties with the layers, those that most features have.
  const { columns } = pkzone.store.payload;
  const COLUMNS = columns ? ["layer", "name", ...columns.keys()] : ["layer", "name", "status", "since", "certainty", "uncertainty"];
  // In the order of the legend: the base drawing comes last.
  const order = pkzone.data.groups({}).flatMap(({ rows }) => rows.map(({ name }) => byName.get(name)));
  let act, parts, content, states;

  function cells({ layer, properties }) {
    const raw = (key) => own(properties, key) ?? "";
    const title = text.phrase(byName.get(layer).title) || layer;
    if (columns) return { layer: title, ...columns.map((key) => text.plain(raw(key))) };
    const metres = raw("uncertainty_m");
    return {
      layer: title,
      status: text.value("status", raw("status")),
      since: text.date(raw("since")),
      // "agreed: both parties state it" is said in full where the feature is opened.
      certainty: text.value("certainty", raw("certainty")).split(": ")[0],
      uncertainty: typeof metres === "number" ? text.number(metres, 0) : text.plain(metres),
    };
  }

  function row(state, said) {
    const name = make("button", { type: "button", class: "pk-plain", lang: text.nameIsOf(state) }, text.name(state));
    const tr = make("tr", {}, COLUMNS.map((key) =>
      (key === "name" ? make("th", { scope: "row" }, name) : make("td", {}, said[key]))));
    Object.assign(tr.dataset, { layer: state.layer, id: String(state.id) });
    states.set(tr, state);
    return tr;
  }

  function frame(body) {
    const filter = make("input", { type: "search", id: "pk-filter", maxlength: "100", autocomplete: "off" });
    const near = make("input", { type: "checkbox", id: "pk-near" });
    const count = make("p", { role: "status", class: "pk-faint" });
    const rows = make("tbody");
    const heads = COLUMNS.map((key) => make("th", { scope: "col" }, columns?.[key] ?? text.say(`column_${key}`)));
    const table = make("table", { "aria-labelledby": "pk-sheet-title" }, make("thead", {}, make("tr", {}, heads)), rows);
    filter.addEventListener("input", () => act.change({ filter: filter.value }));
    near.addEventListener("change", () => act.change({ near: near.checked }));
    rows.addEventListener("click", ({ target }) => {
      const state = states.get(target.closest("tr"));
      if (state) act.visit(state, target.closest("tr").querySelector("button"));
    });
    body.replaceChildren(
      make("div", { class: "pk-filters" },
        make("label", {}, text.say("filter"), " ", filter), make("label", {}, near, " ", text.say("near")), count),
      make("div", { class: "pk-scroll" }, table));
    parts = { filter, near, count, rows };
    content = null;
  }

  function wanted({ off, on, filter, near }) {
    const all = order.filter(({ name }) => !off.has(name)).flatMap((layer) => statesOn(layer, on));
    const seen = near && new Set(pkzone.draw.onView().map(({ state }) => state.key));
    const words = fold(filter).split(" ");
    return all.filter((state) => !seen || seen.has(state.key)).map((state) => [state, cells(state)])
      .filter(([state, said]) => {
        const whole = fold([...Object.values(said), ...namesOf(state)].join(" "));
        return words.every((word) => whole.includes(word));
      });
  }

  function show(view, body) {
    if (!body.firstChild) frame(body);
    if (parts.filter.value !== view.filter) parts.filter.value = view.filter;
    parts.near.checked = view.near;
    const rows = wanted(view);
    const keys = JSON.stringify(rows.map(([state]) => state.key));
    if (keys !== content) {
      content = keys;
      states = new Map();
      parts.rows.replaceChildren(...rows.map(([state, said]) => row(state, said)));
      parts.count.textContent = text.say("row_count", { count: rows.length });
    }
    for (const [tr, { layer, id }] of states) {
      const chosen = view.chosen?.layer === layer && view.chosen.id === String(id);
      tr.setAttribute("aria-current", String(chosen));
    }
  }

  return { start: (given) => { act = given; }, show };
})();
