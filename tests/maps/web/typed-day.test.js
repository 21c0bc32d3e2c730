// Days as people type them.

import "./payload.js";

import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

const { speak } = await import("../../../pkzone/maps/web/scripts/words/text.js");
const { typedDay } = await import("../../../pkzone/maps/web/scripts/words/typed-day.js");

const { payload } = await import("../../../pkzone/maps/web/scripts/data/store.js");

Object.assign(payload.words.months, {
  az: ["yanvar", "fevral", "mart", "aprel", "may", "iyun", "iyul", "avqust", "sentyabr", "oktyabr", "noyabr", "dekabr"],
  hy: ["հունվարի", "փետրվարի", "մարտի", "ապրիլի", "մայիսի", "հունիսի", "հուլիսի", "օգոստոսի", "սեպտեմբերի", "հոկտեմբերի", "նոյեմբերի", "դեկտեմբերի"],
});
afterEach(() => speak("en"));

test("numbers with the year first, or a day, a dot and a month", () => {
  for (const typed of ["2022-09-01", "2022-9-1", "2022/9/1", "20220901", "1.9.2022", "01. 09. 2022", "2022-09"]) assert.equal(typedDay(typed), "2022-09-01", typed);
  assert.equal(typedDay("2022"), "2022-01-01");
});

test("months by their names in the language on view, or in English", () => {
  const days = { en: "1 September 2022", az: "1 sentyabr 2022", hy: "1 սեպտեմբերի 2022", ru: "1 сентября 2022 г." };
  for (const [language, typed] of Object.entries(days)) {
    speak(language);
    assert.equal(typedDay(typed), "2022-09-01", typed);
    assert.equal(typedDay("1 Sep 2022"), "2022-09-01", language);
  }
});

test("what may be two days, or is none", () => {
  for (const typed of ["9/1/2022", "31.2.2022", "2022-13-01", "1 Smarch 2022", "soon", ""]) assert.equal(typedDay(typed), null, typed);
});
