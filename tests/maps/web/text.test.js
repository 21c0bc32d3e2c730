// Words, dates and names in the language on view.

import "./payload.js";

import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { afterEach, test } from "node:test";

const text = await import("../../../pkzone/maps/web/scripts/words/text.js");
const { fold } = await import("../../../pkzone/maps/web/scripts/words/fold.js");

afterEach(() => text.speak("en"));

test("dates, partial ones too, and what is none as it stands", () => {
  assert.deepEqual(["2022-09-01", "2022-09", "2022", "2022-9-1", "soon"].map(text.date), ["1 September 2022", "September 2022", "2022", "2022-9-1", "soon"]);
  text.speak("ru");
  assert.deepEqual(["2022-09-01", "2022-09", "2022"].map(text.date), ["1 сентября 2022 г.", "сентябрь 2022 г.", "2022"]);
});

test("numbers as each language writes them", () => {
  assert.deepEqual([text.number(1234.56, 1), text.number(2, 2, 2), text.number(1234567, 0)], ["1,234.6", "2.00", "1,234,567"]);
  text.speak("ru");
  assert.deepEqual([text.number(1234.56, 1), text.number(1234567, 0)], ["1\u00a0234,6", "1\u00a0234\u00a0567"]);
});

test("braces are filled from an object's own members only", () => {
  text.add({ both: "{km} of {toString}" });
  assert.equal(text.say("both", { km: 5 }), "5 of {toString}");
  assert.equal(text.say("km", { number: "$&" }), "$& km");
});

test("a phrase without a translation stays English", () => {
  text.speak("ru");
  assert.equal(text.say("close"), "Закрыть");
  assert.equal(text.say("legend"), "Legend");
});

test("values of properties: known words, unknown ones, and what is not a text", () => {
  assert.equal(text.value("status", "open"), "open");
  assert.equal(text.value("kind", "border_post"), "border post");
  assert.equal(text.value("status", "constructor"), "constructor");
  assert.equal(text.value("traffic", ["civilian", "x", 1]), "civilians, x, 1");
  assert.equal(text.value("status", { toString: "x" }), '{"toString":"x"}');
  text.speak("ru");
  assert.equal(text.value("status", "open"), "открыто");
});

test("an uncertainty in metres or kilometres", () => {
  assert.equal(text.uncertainty(500), "position accurate to about 500 m");
  assert.equal(text.uncertainty(1500), "position accurate to about 1.5 km");
  assert.equal(text.uncertainty("some"), "some");
});

test("what a status means for a traveller, where somebody says", () => {
  assert.equal(text.meaning("open"), "open: anybody may pass");
  assert.equal(text.meaning("closed"), "closed");
});

test("a name is in the language on view, in both forms, or the id", () => {
  const place = { id: "lachin", properties: { name: "Berdzor / Lachin", name_ru: "Лачин" } };
  assert.deepEqual([text.name(place), text.nameIsOf(place)], ["Berdzor / Lachin", "en"]);
  text.speak("ru");
  assert.deepEqual([text.name(place), text.nameIsOf(place)], ["Лачин", "ru"]);
  assert.equal(text.name({ id: 7, properties: { name: "" } }), "7");
  assert.equal(text.name({ id: null, properties: {} }), "Without a name");
});

test("whoever listens is called at once and when the language changes", () => {
  /** @type {string[]} */
  const heard = [];
  text.spoken(() => heard.push(text.current()));
  text.speak("ru");
  text.speak("ru");
  assert.deepEqual(heard, ["en", "ru"]);
});

test("names are searched without case, marks and signs, in any script", () => {
  assert.deepEqual(["Şuşa", "Xocalı", "Laçın  (şəhər)", "ԲԵՐՁՈՐ", "Ёлка"].map(fold), ["susa", "xocali", "lacin seher", "բերձոր", "елка"]);
});

test("no two texts that meet on a page have one name", () => {
  const scripts = new URL("../../../pkzone/maps/web/scripts/", import.meta.url);
  const files = readdirSync(scripts, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  /** @type {Record<string, string>} */
  const owners = Object.fromEntries(Object.keys(text.words).map((key) => [key, "words/text.js"]));
  for (const file of files.filter((name) => name !== "words/diff-words.js")) {
    const source = readFileSync(new URL(file, scripts), "utf8");
    for (const [, added] of source.matchAll(/^text\.add\((\{.*?\})\);$/gms)) {
      for (const [, key] of added.matchAll(/(?:^|\{) *(\w+): ["`]/gm)) {
        assert.equal(owners[key], undefined, `${key} of ${file} is a text of ${owners[key]}`);
        owners[key] = file;
      }
    }
  }
  assert.ok(owners.drawn_all);
});
