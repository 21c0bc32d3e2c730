// Bundles and minifies the scripts and styles of the pages into built/, which is committed, so that
// installing needs no node; lists their English words in built/words.json, to be translated. With --check it writes nothing and fails where built/ is not what the
// sources make. Scripts that import each other in a circle are refused.

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const BUILT = join(HERE, "built");

/** The scripts of whole pages, which show some of themselves as `pkzone`. */
const PAGES = ["map", "map-crowd", "map-records", "map-story", "map-story-records", "diff"];

/** Scripts that run before that of a page, where it needs them, and on pages that are not ours. */
const HELPERS = ["leaflet", "early", "folium", "missing", "folium-layer"];

/** Stylesheets of pages, and what each is made of, in this order. */
const PAGE_STYLES = {
  map: ["page", "tools", "figures", "compare", "chart", "embed", "print"],
  diff: ["page", "figures", "diff", "embed", "print"],
};

/** Stylesheets of what only some pages have. */
const PART_STYLES = ["files", "folium", "folium-layer", "notice", "records", "simplified", "story", "tiles"];

/** @satisfies {import("esbuild").BuildOptions} */
const COMMON = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  legalComments: "none",
  logLevel: "warning",
  metafile: true,
  minify: true,
  target: ["chrome111", "firefox115", "safari16.4"],
  write: false,
};

/** @type {Set<string>} */
const sources = new Set();

/** @type {(name: string, globalName?: string) => Promise<[string, string]>} */
async function script(name, globalName) {
  const { outputFiles: [{ text }], metafile } = await build({ ...COMMON, entryPoints: [`scripts/${name}.js`], format: "iife", globalName });
  refuseCircles(metafile.inputs);
  for (const path of Object.keys(metafile.inputs)) sources.add(path);
  return [`${name}.js`, text];
}

/** @type {(name: string, contents: string) => Promise<[string, string]>} */
async function style(name, contents) {
  const { outputFiles: [{ text }] } = await build({ ...COMMON, stdin: { contents, loader: "css", resolveDir: join(HERE, "styles") } });
  return [`${name}.css`, text];
}

/** @type {(parts: string[]) => string} */
const together = (parts) => parts.map((part) => `@import "./${part}.css";\n`).join("");

/** Leaflet's own stylesheet without its pictures, which would be requests. */
async function leafletStyle() {
  const text = await readFile(join(HERE, "vendor", "leaflet.css"), "utf8");
  return style("leaflet", text.replace(/url\([^)]*\)/g, "none"));
}

/** @type {(inputs: import("esbuild").Metafile["inputs"]) => void} */
function refuseCircles(inputs) {
  const done = new Set();
  /** @type {(path: string, trail: string[]) => void} */
  const visit = (path, trail) => {
    if (trail.includes(path)) throw new Error(`scripts import each other: ${[...trail, path].join(" -> ")}`);
    if (done.has(path)) return;
    for (const one of inputs[path].imports) visit(one.path, [...trail, path]);
    done.add(path);
  };
  for (const path of Object.keys(inputs)) visit(path, []);
}

/**
 * The words of each script: what stands in quotes in `text.add({...})`, and in the tables of text.js.
 * @returns {Promise<[string, string]>}
 */
async function words() {
  /** @type {Record<string, string[]>} */
  const found = {};
  for (const path of [...sources].filter((name) => name.startsWith("scripts/")).sort()) {
    const source = await readFile(join(HERE, path), "utf8");
    const tables = source.matchAll(/text\.add\(\{[^]*?\}\);|const (?:words|fields|values) = \{[^]*?\n\};/g);
    const quoted = [...tables].flatMap(([table]) => table.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((one) => JSON.parse(one)).filter(Boolean);
    if (quoted.length) found[path.slice("scripts/".length)] = [...new Set(quoted)];
  }
  return ["words.json", `${JSON.stringify(found, null, 1)}\n`];
}

const made = new Map(await Promise.all([
  ...PAGES.map((name) => script(name, "pkzone")),
  ...HELPERS.map((name) => script(name)),
  ...Object.entries(PAGE_STYLES).map(([name, parts]) => style(name, together(parts))),
  ...PART_STYLES.map((name) => style(name, together([name]))),
  leafletStyle(),
]));
made.set(...await words());
const stray = (await readdir(BUILT)).filter((name) => !made.has(name));

if (process.argv.includes("--check")) {
  const wrong = [...stray];
  for (const [name, text] of made) {
    if ((await readFile(join(BUILT, name), "utf8").catch(() => "")) !== text) wrong.push(name);
  }
  if (wrong.length) {
    console.error(`built/ is not what the sources make: ${wrong.join(", ")}; run: npm run build`);
    process.exitCode = 1;
  }
} else {
  for (const name of stray) await rm(join(BUILT, name));
  for (const [name, text] of made) await writeFile(join(BUILT, name), text);
}
