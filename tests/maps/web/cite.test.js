// Citations, codes of frames and CSV hold whatever their texts hold.

import assert from "node:assert/strict";
import test from "node:test";
import { bibtex, csl, csv, frame, inBibtex } from "../../../pkzone/maps/web/scripts/tools/cite.js";

const HOSTILE = [
  "}", "{", "}},\n@misc{x, title={y}", "\\", "\\input{/etc/passwd}", "100 % & $5 #1 a_b ~ ^", "\"quoted\"", "@comment{", "\u0000\u001b[31m\n\r\t",
  "<script>alert(1)</script>", "' onload='alert(1)", "\" onload=\"alert(1)", "__proto__", "=1+1", "Հայերեն — русский", "\ud800", "\u202e\u2028",
];
const WHOLE = { day: "2022-09-01", publisher: "A desk", version: "3", date: "2026-01-02", sha256: "ab".repeat(32), url: "https://example.org/map.html#on=2022-09-01&bbox=1,2,3,4" };

// The values of an entry, read as BibTeX reads it: a value ends with the brace that closes it.
/** @param {string} entry */
function read(entry) {
  const [, key, body] = /^@misc\{([a-z0-9-]+),\n([^]*)\n\}$/.exec(entry) ?? [];
  assert.ok(key, entry);
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of body.split(/,\n(?= {2}[a-z]+ = \{)/)) {
    const [, name, value] = /^ {2}([a-z]+) = \{([^\n]*)\}$/.exec(line) ?? [];
    assert.ok(name, line);
    let depth = 0;
    for (const mark of value) {
      depth += Number(mark === "{") - Number(mark === "}");
      assert.ok(depth >= 0, line);
    }
    assert.equal(depth, 0, line);
    fields[name] = value;
  }
  return fields;
}

test("an entry of BibTeX says what is known", () => {
  assert.deepEqual(read(bibtex({ ...WHOLE, title: "A map", note: "Map as of 2022-09-01" })), {
    title: "{A map}", author: "{A desk}", year: "2026", version: "3", note: "Map as of 2022-09-01", url: WHOLE.url,
  });
  assert.deepEqual(read(bibtex({ title: "mine", note: "" })), { title: "{mine}" });
});

test("LaTeX prints the marks that it would obey", () => {
  assert.equal(inBibtex("100 % & $5 #1 a_b"), "100 \\% \\& \\$5 \\#1 a\\_b");
  assert.equal(inBibtex("{~^\\}"), "\\textbraceleft{}\\textasciitilde{}\\textasciicircum{}\\textbackslash{}\\textbraceright{}");
});

for (const text of HOSTILE) {
  const cited = { ...WHOLE, title: text, publisher: text, version: text, note: text, url: `https://example.org/?${text}` };
  test(`an entry of BibTeX holds ${JSON.stringify(text)}`, () => {
    const entry = bibtex(cited);
    read(entry);
    assert.ok(!/\\(?![a-z]+\{\}|[%&$#_])/.test(entry), entry);
  });

  test(`CSL-JSON holds ${JSON.stringify(text)}`, () => {
    const [record, ...more] = JSON.parse(csl(cited));
    assert.equal(more.length, 0);
    const known = new Set(["id", "type", "title", "publisher", "version", "note", "URL", "author", "issued"]);
    assert.ok(Object.keys(record).every((name) => known.has(name)));
    for (const name of ["id", "type", "URL"]) assert.equal(typeof record[name], "string");
    assert.equal(record.type, "map");
    assert.deepEqual(record.issued, { "date-parts": [[2026, 1, 2]] });
  });

  test(`the code of a frame holds ${JSON.stringify(text)}`, () => {
    const code = frame(cited.url, text);
    assert.match(code, /^<iframe src="[^"<>]*" title="[^"<>]*" width="700" height="480" style="max-width: 100%; border: 0" allow="fullscreen" loading="lazy"><\/iframe>$/);
  });

  test(`a table holds ${JSON.stringify(text)}`, () => {
    const table = csv([{ id: text, b: [text, 1] }, { c: { x: text } }]);
    assert.equal(table.split("\n").length, 4);
    assert.ok(!/(^|,)"?[=+\-@\t\r]/m.test(table), table);
  });
}

test("tables have every column once, and nothing where a row has none", () => {
  assert.equal(csv([{ a: 1, b: true }, { a: -2.5, c: null, "=d": "x,\"y\"" }]), "a,b,c,'=d\n1,true,,\n-2.5,,,\"x,\"\"y\"\"\"\n");
});
