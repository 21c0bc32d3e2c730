// Unpacks the payload: base 85, then deflate (RFC 1951).
//
// The browser's own DecompressionStream would answer later; the page is drawn at once this way, in old
// browsers too.

const LENGTHS = [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258];
const LENGTH_BITS = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCES = [1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577];
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%,()*+-;.=:?@^_`{|}~";
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** @typedef {{ counts: Uint16Array, symbols: number[] }} Code */

/**
 * A canonical Huffman code: how many symbols have each length, and the symbols in order.
 * @param {number[]} lengths
 * @returns {Code}
 */
function makeCode(lengths) {
  const counts = new Uint16Array(16);
  for (const length of lengths) counts[length] += 1;
  counts[0] = 0;
  const symbols = [...lengths.keys()].filter((symbol) => lengths[symbol]).sort((a, b) => lengths[a] - lengths[b] || a - b);
  return { counts, symbols };
}

/** @returns {[Code, Code]} */
const fixed = () => [
  makeCode(Array.from({ length: 288 }, (_, symbol) => (symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8))),
  makeCode(new Array(30).fill(5)),
];

/**
 * @param {Uint8Array} input
 * @param {number} size  of what comes out
 */
function inflate(input, size) {
  const output = new Uint8Array(size);
  let read = 0, written = 0, held = 0, count = 0;

  /** @param {number} wanted */
  function bits(wanted) {
    while (count < wanted) {
      held |= input[read++] << count;
      count += 8;
    }
    const value = held & ((1 << wanted) - 1);
    held >>>= wanted;
    count -= wanted;
    return value;
  }

  /** @param {Code} code */
  function symbol({ counts, symbols }) {
    let code = 0, first = 0, index = 0;
    for (let length = 1; length < 16; length += 1) {
      code |= bits(1);
      if (code - counts[length] < first) return symbols[index + code - first];
      index += counts[length];
      first = (first + counts[length]) << 1;
      code <<= 1;
    }
    throw new Error("the page's data is damaged");
  }

  /** @returns {[Code, Code]} */
  function readCodes() {
    const [literals, distances, given] = [bits(5) + 257, bits(5) + 1, bits(4) + 4];
    const short = new Array(19).fill(0);
    for (let i = 0; i < given; i += 1) short[ORDER[i]] = bits(3);
    const code = makeCode(short);
    /** @type {number[]} */
    const lengths = [];
    while (lengths.length < literals + distances) {
      const next = symbol(code);
      if (next < 16) lengths.push(next);
      else if (next === 16) lengths.push(...new Array(3 + bits(2)).fill(lengths.at(-1)));
      else lengths.push(...new Array(next === 17 ? 3 + bits(3) : 11 + bits(7)).fill(0));
    }
    return [makeCode(lengths.slice(0, literals)), makeCode(lengths.slice(literals))];
  }

  function readStored() {
    held = count = 0;
    const length = input[read] | (input[read + 1] << 8);
    output.set(input.subarray(read + 4, read + 4 + length), written);
    read += 4 + length;
    written += length;
  }

  /** @param {[Code, Code]} codes */
  function readBlock([literals, distances]) {
    for (let next = symbol(literals); next !== 256; next = symbol(literals)) {
      if (next < 256) {
        output[written++] = next;
        continue;
      }
      const length = LENGTHS[next - 257] + bits(LENGTH_BITS[next - 257]);
      const far = symbol(distances);
      const distance = DISTANCES[far] + bits(far < 2 ? 0 : (far >> 1) - 1);
      for (let i = 0; i < length; i += 1, written += 1) output[written] = output[written - distance];
    }
  }

  for (let last = 0; !last; ) {
    last = bits(1);
    const kind = bits(2);
    if (kind === 0) readStored();
    else readBlock(kind === 1 ? fixed() : readCodes());
  }
  return output;
}

/**
 * Five digits make four bytes; the last ones are filled up with the highest digit.
 * @param {string} text
 */
function bytesOf(text) {
  const values = new Uint8Array(128);
  [...DIGITS].forEach((digit, value) => { values[digit.charCodeAt(0)] = value; });
  const bytes = new DataView(new ArrayBuffer(4 * Math.ceil(text.length / 5)));
  for (let read = 0, written = 0; read < text.length; written += 4) {
    let word = 0;
    for (const end = read + 5; read < end; read += 1) word = 85 * word + (values[text.charCodeAt(read)] ?? 84);
    bytes.setUint32(written, word);
  }
  return new Uint8Array(bytes.buffer);
}

/**
 * What was packed: a text, and numbers after it.
 * @param {{ packed: string, bytes: number, text: number }} block  base 85 digits, how many bytes they hold, and how many of these are text
 */
export function unpack({ packed, bytes, text }) {
  const content = inflate(bytesOf(packed), bytes);
  return { text: new TextDecoder().decode(content.subarray(0, text)), numbers: content.subarray(text) };
}
