// The sheet to hand the map on: its link, the code of a frame, how it is cited, and files of what is in view.

import { baseOf } from "../compare/days.js";
import { payload } from "../data/store.js";
import { make, webAddress } from "../dom.js";
import { map } from "../drawing/draw.js";
import { credits as fileCredits } from "../panels/facts.js";
import * as text from "../words/text.js";
import * as cite from "./cite.js";
import * as download from "./download.js";
import * as picture from "./picture.js";

text.add({
  tool_share: "Share",
  copy_link: "Copy link",
  copy_embed: "Copy embed code",
  copy_citation: "Copy citation",
  text_copied: "Copied.",
  copy_by_hand: "The browser does not let the page copy: copy the text below.",
  text_to_copy: "Text to copy",
  no_address: "This file has no address: add this part to the address of any copy of it.",
  no_embed: "Nothing was copied. A frame needs an address: put the file on the web first, or make it with {option}.",
  files_help: "What is in view on the day shown, of the layers switched on; pictures leave out a background.",
  cite_version: "version {version}",
  cite_hash: "SHA-256 of the data: {hash}",
});

let act, parts;

/** The address of the page, if it has one on the web. */
function address() {
  const known = webAddress(payload.address) ?? webAddress(location.href);
  return known && known.split("#")[0];
}

const linkTo = (page, ...more) => `${page}#${[...act.link(), ...more].join("&")}`;
const sentence = (list) => list.filter(Boolean).join(", ");

/**
 * What is cited of a view.
 * @param {View} view
 */
function cited(view) {
  const { title: data, publisher, version, date, sha256 } = payload.citation;
  const title = text.phrase(payload.title);
  const licences = payload.licenses.map(({ title: long, name, path }) => [long || name, webAddress(path)].filter(Boolean).join(" "));
  const own = text.phrase(data) === title ? "" : text.phrase(data);
  const credits = sentence([publisher, own, version && text.say("cite_version", { version }), date && text.date(date), ...licences]);
  const day = view.on ? text.say("as_of", { long: text.date(view.on), iso: view.on }) : "";
  const compared = view.compare ? text.say("compared", { base: text.date(baseOf(view)), target: text.date(view.on) }) : "";
  const page = address();
  const said = [day, compared, ...fileCredits(), credits && text.say("licence") + credits, sha256 && text.say("cite_hash", { hash: sha256 })].filter(Boolean);
  return { title, day: view.on, publisher, version, date, sha256, note: said.join(". "), url: page ? linkTo(page) : undefined,
           heading: [day, compared].filter(Boolean).join(". "),
           credits: [text.say("small_print"), ...fileCredits(), credits && text.say("licence") + credits].filter(Boolean).join(" ") };
}

// What is said of the data at the top of a file of them; only what is known.
function heading(view) {
  const { title, day: on, publisher, version, sha256 } = cited(view);
  const licenses = payload.licenses.map(({ name, title: long, path }) => ({ name, title: long, path: webAddress(path) ?? undefined }));
  const known = { title, on, attribution: fileCredits().join("; "), licenses, publisher, version, sha256 };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value?.length));
}

async function copy(content, note = "") {
  parts.isLink = false;
  parts.field.value = content;
  let done = content && "text_copied";
  if (content) {
    try {
      await navigator.clipboard.writeText(content);
    } catch {
      done = "copy_by_hand";
      parts.field.focus();
      parts.field.select();
    }
  }
  parts.said.textContent = [done && text.say(done), note].filter(Boolean).join(" ");
}

function copyLink() {
  const page = address();
  copy(linkTo(page ?? ""), page ? "" : text.say("no_address"));
  parts.isLink = true;
}

function copyFrame() {
  const page = address();
  if (!page) return copy("", text.say("no_embed", { option: "pkzone map --address URL" }));
  const fields = act.link().filter((field) => !field.startsWith("embed="));
  return copy(cite.frame(`${page}#${[...fields, "embed=1"].join("&")}`, text.phrase(payload.title)));
}

function copyCitation() {
  const { title, note, url } = cited(act.view);
  copy([title, note, url].filter(Boolean).join(". "));
}

function copyCentre() {
  const { lat, lng } = map.getCenter().wrap();
  copy(`${lat.toFixed(5)}, ${lng.toFixed(5)}`);
}

// The name of a file of the view; the title may hold what no name of a file can.
const nameOf = (ending) => `${["map", act.view.on].filter(Boolean).join("_")}.${ending}`;
const save = (ending, content, type) => {
  download.save(nameOf(ending), new Blob([content], { type }));
  parts.said.textContent = text.say("saved", { name: nameOf(ending) });
};

const draw = () => {
  const { title, heading, credits } = cited(act.view);
  return act.beneath(() => picture.drawing({ title, day: heading, credits }));
};

const FILES = {
  PNG: async () => save("png", await picture.pixels(draw()), "image/png"),
  SVG: () => save("svg", draw().text, "image/svg+xml"),
  GeoJSON: () => save("geojson", `${JSON.stringify(act.beneath(() => download.viewCollection(act.view, heading(act.view))))}\n`, "application/geo+json"),
  CSV: () => save("csv", cite.csv(act.beneath(() => download.viewRows(act.view))), "text/csv"),
};

function button(label, action) {
  const made = make("button", { type: "button", class: "pk-button" }, label);
  made.addEventListener("click", action);
  return made;
}

function frame(body) {
  const field = make("textarea", { readonly: "", rows: "3", "aria-label": text.say("text_to_copy"), spellcheck: "false" });
  const said = make("p", { role: "status" }, address() ? "" : text.say("no_address"));
  const files = make("div");
  const copies = Object.entries({ copy_link: copyLink, copy_embed: copyFrame, copy_citation: copyCitation }).map(([key, action]) => button(text.say(key), action));
  body.replaceChildren(make("div", { class: "pk-scroll pk-share" },
    make("div", { class: "pk-filters" }, copies, button("BibTeX", () => copy(cite.bibtex(cited(act.view)))),
      button("CSL-JSON", () => copy(cite.csl(cited(act.view)))), button(text.say("copy"), copyCentre)),
    said, field,
    make("h3", {}, text.say("tool_download")), make("p", { class: "pk-faint" }, text.say("files_help")),
    make("div", { class: "pk-filters" }, Object.entries(FILES).map(([label, action]) => button(label, action))), files));
  parts = { field, said, files, isLink: true };
}

/**
 * Brings the link and the files to a view.
 * @param {View} view
 * @param {HTMLElement} body
 */
export function show(view, body) {
  if (!body.firstChild) frame(body);
  if (parts.isLink) parts.field.value = linkTo(address() ?? "");
  download.show(view, parts.files);
}

/**
 * Takes the ways to change the view.
 * @param {Act} given
 */
export function start(given) {
  act = given;
}
