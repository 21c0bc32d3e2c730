"use strict";

// The buttons of the tools, the sheet under the map in which one of them lies open, and the
// line that says what a tool has done.
pkzone.toolbar = (() => {
  const { map } = pkzone.draw;
  const text = pkzone.text;
  const { table, eventList, measure, download } = pkzone;
  const tools = { table, events: eventList, measure, download };
  const byId = (id) => document.getElementById(id);
  const sheet = byId("pk-sheet");
  const body = byId("pk-sheet-body");
  const buttons = [...document.querySelectorAll("[data-tool]")];
  let open = null;

  const isTool = (name) => Object.hasOwn(tools, name);
  const tell = (said) => { byId("pk-told").textContent = said; };
  const latLon = ({ lat, lng }) => `${lat.toFixed(5)}, ${lng.toFixed(5)}`;

  // A page that may not write to the clipboard still says the coordinates.
  async function copy(place) {
    const at = latLon(place.wrap());
    try {
      await navigator.clipboard.writeText(at);
      tell(text.say("copied", { at }));
    } catch {
      tell(text.say("not_copied", { at }));
    }
  }

  function startFullscreen() {
    const button = byId("pk-fullscreen");
    button.hidden = !document.fullscreenEnabled;
    button.addEventListener("click", () => {
      const done = document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen();
      done.catch(() => tell(text.say("no_fullscreen")));
    });
    document.addEventListener("fullscreenchange", () => {
      button.setAttribute("aria-pressed", String(Boolean(document.fullscreenElement)));
    });
  }

  // The sheet lies far behind its button in the order of Tab, so the focus goes with it.
  function toggle(act, tool) {
    const before = act.view.tool;
    act.change({ tool });
    if (tool) byId("pk-sheet-title").focus();
    else buttons.find((button) => button.dataset.tool === before)?.focus();
  }

  function start(act) {
    for (const tool of Object.values(tools)) tool.start?.(act);
    for (const button of buttons) {
      button.addEventListener("click", () => toggle(act, act.view.tool === button.dataset.tool ? null : button.dataset.tool));
    }
    byId("pk-sheet-close").addEventListener("click", () => toggle(act, null));
    sheet.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      toggle(act, null);
    });
    byId("pk-copy").addEventListener("click", () => copy(map.getCenter()));
    map.on("contextmenu", ({ latlng, originalEvent }) => {
      originalEvent.preventDefault();
      copy(latlng);
    });
    startFullscreen();
    text.spoken(() => body.replaceChildren()); // a tool writes its sheet anew in another language
  }

  function show(view) {
    if (open !== view.tool) {
      tools[open]?.stop?.();
      open = view.tool;
      body.replaceChildren();
      sheet.hidden = !open;
      sheet.dataset.open = open;
      map.invalidateSize({ animate: false });
    }
    for (const button of buttons) button.setAttribute("aria-expanded", String(button.dataset.tool === open));
    if (!open) return;
    byId("pk-sheet-title").textContent = text.say(`tool_${open}`);
    tools[open].show(view, body);
  }

  return { start, show, tell, isTool };
})();
