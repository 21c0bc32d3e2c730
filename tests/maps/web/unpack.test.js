// Blocks of data that zlib packed, in each of the forms that deflate has.

import assert from "node:assert/strict";
import { test } from "node:test";
import { constants } from "node:zlib";
import { unpack } from "../../../pkzone/maps/web/scripts/data/unpack.js";
import { packed } from "./payload.js";

const TEXT = JSON.stringify({ said: "Лачин / Berdzor ".repeat(50), numbers: Array.from({ length: 300 }, (_, index) => index ** 2) });
const NUMBERS = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7919) % 256);

const FORMS = {
  "with codes of its own": {},
  "with the fixed codes": { strategy: constants.Z_FIXED },
  "as they are": { level: 0 },
  "quickly": { level: 1, strategy: constants.Z_RLE },
};
for (const [form, options] of Object.entries(FORMS)) {
  test(`text and numbers packed ${form}`, () => {
    const found = unpack(packed(TEXT, NUMBERS, options));
    assert.equal(found.text, TEXT);
    assert.deepEqual(found.numbers, NUMBERS);
  });
}

test("texts of each length modulo four", () => {
  for (const text of ["", "a", "ab", "abc", "abcd", "abcde"]) assert.equal(unpack(packed(text)).text, text);
});

test("what Python packed", () => {
  // zlib.compressobj(9, zlib.DEFLATED, -15).compress(b"pkzone pkzone"), then base64.b85encode.
  assert.equal(unpack({ packed: PYTHON, bytes: 13, text: 13 }).text, "pkzone pkzone");
});
const PYTHON = "E6A?O,r4M(08;.";

test("damaged data is refused", () => {
  assert.throws(() => unpack({ packed: "~~~~~~~~~~", bytes: 10, text: 10 }), /damaged|RangeError|Invalid/);
});
