import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ENCODING_BITS } from "./encodingBits.ts";
import { FormatError } from "./errors.ts";
import { LIMITS, parseSafetensorsHeader } from "./safetensorsHeader.ts";
import type { PlainEncoding } from "./weightSource.ts";

/** Parses `json` as the header of a file whose body has `body` bytes. */
function parse(json: string | Uint8Array, body = 0) {
  const header = typeof json === "string" ? Buffer.from(json) : json;
  return parseSafetensorsHeader("m.safetensors", header, 8 + header.length + body);
}

function failure(json: string | Uint8Array, body = 0): string {
  try {
    parse(json, body);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    expect(error.path).toBe("m.safetensors");
    return `${error.code} ${error.message}`;
  }
  throw new Error("was accepted");
}

const f32 = (shape: string, offsets: string): string => `{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}`;

describe("legal headers", () => {
  test.each([
    ["no tensors", "{}", 0, []],
    ["padded with white space", ' { } \n\t\r"'.slice(0, -1), 0, []],
    ["a scalar", `{"a":${f32("[]", "[0,4]")}}`, 4, [["a", [], 0, 4]]],
    ["an empty tensor", `{"a":${f32("[3,0,2]", "[0,0]")}}`, 0, [["a", [3, 0, 2], 0, 0]]],
    [
      "empty tensors between others, in any order",
      `{"c":${f32("[1]", "[4,8]")},"b":${f32("[0]", "[4,4]")},"a":${f32("[1]", "[0,4]")}}`,
      8,
      [
        ["a", [1], 0, 4],
        ["b", [0], 4, 0],
        ["c", [1], 4, 4],
      ],
    ],
    ["two values of four bits", '{"a":{"dtype":"F4","shape":[2],"data_offsets":[0,1]}}', 1, [["a", [2], 0, 1]]],
    [
      "a field that is not ours",
      `{"a":{"x":[{"y":null},-1.5e3,"z",true],${f32("[1]", "[0,4]").slice(1)}}`,
      4,
      [["a", [1], 0, 4]],
    ],
    ["a name with escapes", `{"\\u00e9\\ud83d\\ude00\\"":${f32("[]", "[0,4]")}}`, 4, [['é😀"', [], 0, 4]]],
    ["a name of Object's", `{"__proto__":${f32("[]", "[0,4]")}}`, 4, [["__proto__", [], 0, 4]]],
  ] as const)("%s", (_, json, body, want) => {
    const { tensors } = parse(json, body);
    const start = 8 + Buffer.byteLength(json);
    expect([...tensors.values()].map((t) => [t.name, t.shape, t.offset - start, t.bytes])).toEqual(want);
    for (const [name, entry] of tensors) expect(entry.name).toBe(name);
  });

  test("metadata", () => {
    const { metadata } = parse('{"__metadata__":{"format":"pt","__proto__":"x"}}');
    expect(Object.entries(metadata)).toEqual([
      ["format", "pt"],
      ["__proto__", "x"],
    ]);
    expect(Object.getPrototypeOf(metadata)).toBe(Object.prototype);
  });

  test.each(Object.entries(ENCODING_BITS))("%s has %d bits", (dtype, bits) => {
    const { tensors } = parse(`{"a":{"dtype":"${dtype}","shape":[2,3,4],"data_offsets":[0,${bits * 3}]}}`, bits * 3);
    expect(tensors.get("a")).toMatchObject({ encoding: dtype, bytes: bits * 3 });
  });
});

describe("hostile headers", () => {
  const one = (fields: string): string => `{"a":{${fields}}}`;
  test.each([
    ["not UTF-8", Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]), 0],
    ["not JSON", "hello", 0],
    ["a list", "[]", 0],
    ["not closed", '{"a"', 0],
    ["cut in a string", '{"a', 0],
    ["cut in an escape", '{"a\\', 0],
    ["a trailing comma", "{,}", 0],
    ["something after it", "{}{}", 0],
    ["a NUL after it", "{}\0", 0],
    ["a control character in a name", '{"a\n":{}}', 0],
    ["a bad escape", '{"\\q":{}}', 0],
    ["half a surrogate pair", '{"\\ud800":{}}', 0],
    ["a tensor that is a number", '{"a":1}', 0],
    ["a tensor that is null", '{"a":null}', 0],
    ["no fields", '{"a":{}}', 0],
    ["no shape", one('"dtype":"F32","data_offsets":[0,4]'), 4],
    ["no offsets", one('"dtype":"F32","shape":[1]'), 4],
    ["a tensor twice", `{"a":${f32("[1]", "[0,4]")},"a":${f32("[1]", "[4,8]")}}`, 8],
    ["a tensor twice, once escaped", `{"a":${f32("[1]", "[0,4]")},"\\u0061":${f32("[1]", "[4,8]")}}`, 8],
    ["a field twice", one('"dtype":"F32","dtype":"F16","shape":[1],"data_offsets":[0,2]'), 2],
    ["metadata twice", '{"__metadata__":{},"__metadata__":{}}', 0],
    ["a metadata key twice", '{"__metadata__":{"a":"1","a":"2"}}', 0],
    ["metadata that is no object", '{"__metadata__":["a"]}', 0],
    ["metadata with a number", '{"__metadata__":{"a":1}}', 0],
    ["metadata with an object", '{"__metadata__":{"a":{}}}', 0],
    ["metadata null", '{"__metadata__":null}', 0],
    ["an unknown dtype", one('"dtype":"F33","shape":[1],"data_offsets":[0,4]'), 4],
    ["a dtype of Object's", one('"dtype":"constructor","shape":[1],"data_offsets":[0,4]'), 4],
    ["a dtype that is a number", one('"dtype":1,"shape":[1],"data_offsets":[0,4]'), 4],
    ["a dtype that we do not read", one('"dtype":"C64","shape":[1],"data_offsets":[0,8]'), 8],
    ["a negative size", `{"a":${f32("[-1]", "[0,4]")}}`, 4],
    ["minus zero", `{"a":${f32("[-0]", "[0,0]")}}`, 0],
    ["a fraction", `{"a":${f32("[1.5]", "[0,6]")}}`, 6],
    ["an exponent", `{"a":${f32("[1e0]", "[0,4]")}}`, 4],
    ["a leading zero", `{"a":${f32("[01]", "[0,4]")}}`, 4],
    ["a size beyond 2^53", `{"a":${f32("[9007199254740993]", "[0,4]")}}`, 4],
    ["a size of 400 digits", `{"a":${f32(`[${"9".repeat(400)}]`, "[0,4]")}}`, 4],
    ["sizes whose product wraps to 4 bytes in 64 bits", `{"a":${f32("[4294967296,4294967296,1]", "[0,4]")}}`, 4],
    ["an overflow times zero", `{"a":${f32("[9007199254740991,9007199254740991,0]", "[0,0]")}}`, 0],
    ["a size that is a string", `{"a":${f32('["1"]', "[0,4]")}}`, 4],
    ["a shape that is a number", `{"a":${f32("1", "[0,4]")}}`, 4],
    ["half a byte", '{"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}}', 2],
    ["one offset", `{"a":${f32("[1]", "[0]")}}`, 4],
    ["three offsets", `{"a":${f32("[1]", "[0,4,8]")}}`, 8],
    ["a negative offset", `{"a":${f32("[1]", "[-4,0]")}}`, 4],
    ["reversed offsets", `{"a":${f32("[1]", "[4,0]")}}`, 4],
    ["too few bytes", `{"a":${f32("[2]", "[0,4]")}}`, 4],
    ["too many bytes", `{"a":${f32("[1]", "[0,8]")}}`, 8],
    ["a body cut short", `{"a":${f32("[2]", "[0,8]")}}`, 7],
    ["a terabyte in a small file", `{"a":${f32("[274877906944]", "[0,1099511627776]")}}`, 8],
    ["an overlap", `{"a":${f32("[2]", "[0,8]")},"b":${f32("[2]", "[4,12]")}}`, 12],
    ["the same range twice", `{"a":${f32("[1]", "[0,4]")},"b":${f32("[1]", "[0,4]")}}`, 4],
    ["an empty tensor inside another", `{"a":${f32("[2]", "[0,8]")},"b":${f32("[0]", "[4,4]")}}`, 8],
    ["a hole", `{"a":${f32("[1]", "[0,4]")},"b":${f32("[1]", "[8,12]")}}`, 12],
    ["a hole at the start", `{"a":${f32("[1]", "[4,8]")}}`, 8],
    ["bytes at the end", `{"a":${f32("[1]", "[0,4]")}}`, 5],
    ["an empty tensor beyond the end", `{"a":${f32("[0]", "[9,9]")}}`, 0],
    ["deep lists in a foreign field", one(`"x":${"[".repeat(100)}${"]".repeat(100)}`), 0],
    ["rubbish in a foreign field", one('"x":nul'), 0],
    ["a name with a terminal's escape", '{"\\u001b[2J\\u009b":{"dtype":"F32"}}', 0],
  ])("%s", (_, json, body) => {
    expect(failure(json, body)).toMatchSnapshot();
  });

  test("too many axes, too long a name, too many tensors, too many metadata entries", () => {
    expect(failure(`{"a":${f32(`[${Array(LIMITS.axes + 1).fill(1)}]`, "[0,4]")}}`, 4)).toMatch("more than 16 numbers");
    expect(failure(`{"${"n".repeat(LIMITS.nameBytes + 1)}":{}}`)).toMatch(
      /^too-large .*has 2049 bytes, the limit is 2048/,
    );
    const empty = f32("[0]", "[0,0]");
    const entries = Array.from({ length: LIMITS.tensors + 1 }, (_, i) => `"${i}":${empty}`);
    expect(failure(`{${entries.join()}}`)).toMatch("too-large m.safetensors: more than 500000 tensors");
    const pairs = Array.from({ length: LIMITS.metadata + 1 }, (_, i) => `"${i}":""`);
    expect(failure(`{"__metadata__":{${pairs.join()}}}`)).toMatch("too-large m.safetensors: more than 100000 metadata");
  });
});

/** Random tables, laid out by the simplest rule there is: one after another. */
const tables = fc
  .uniqueArray(
    fc.record({
      name: fc.string({ unit: "grapheme", maxLength: 12 }).filter((name) => name !== "__metadata__"),
      encoding: fc.constantFrom(...(Object.keys(ENCODING_BITS) as PlainEncoding[]).filter((e) => e !== "F4")),
      shape: fc.array(fc.nat(5), { maxLength: 4 }),
    }),
    { selector: ({ name }) => name, maxLength: 8 },
  )
  .map((list) => {
    let at = 0;
    const tensors = list.map(({ name, encoding, shape }) => {
      const bytes = (shape.reduce((n, size) => n * size, 1) * ENCODING_BITS[encoding]) / 8;
      return { name, encoding, shape, begin: at, end: (at += bytes) };
    });
    return { tensors, body: at };
  });

const jsonOf = (tensors: readonly { name: string; encoding: string; shape: number[]; begin: number; end: number }[]) =>
  JSON.stringify(
    Object.fromEntries(
      tensors.map((t) => [t.name, { dtype: t.encoding, shape: t.shape, data_offsets: [t.begin, t.end] }]),
    ),
  );

test("what was written is what is read", () => {
  fc.assert(
    fc.property(tables, ({ tensors, body }) => {
      const json = jsonOf(tensors);
      const start = 8 + Buffer.byteLength(json);
      const got = parse(json, body).tensors;
      expect(got.size).toBe(tensors.length);
      for (const { name, encoding, shape, begin, end } of tensors)
        expect(got.get(name)).toEqual({ name, encoding, shape, offset: start + begin, bytes: end - begin });
    }),
    { numRuns: 500 },
  );
});

/** Where a mutation bites: another byte, a byte gone, a byte more, digits changed, a piece doubled. */
const mutation = fc.record({
  at: fc.nat(),
  kind: fc.constantFrom("set", "remove", "insert", "digits", "double"),
  byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('{}[]",:0129-\\e.'))),
  digits: fc.constantFrom("0", "-1", "1", "4", "8", "9007199254740991", "18446744073709551615", "1e9", "0.5"),
});

function mutate(bytes: Buffer, m: { at: number; kind: string; byte: number; digits: string }): Buffer {
  const at = m.at % bytes.length;
  if (m.kind === "set") return Buffer.concat([bytes.subarray(0, at), Buffer.of(m.byte), bytes.subarray(at + 1)]);
  if (m.kind === "remove") return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1)]);
  if (m.kind === "insert") return Buffer.concat([bytes.subarray(0, at), Buffer.of(m.byte), bytes.subarray(at)]);
  if (m.kind === "double") return Buffer.concat([bytes.subarray(0, at), bytes]);
  const text = bytes.toString("latin1");
  return Buffer.from(text.slice(0, at) + text.slice(at).replace(/\d+/, m.digits), "latin1");
}

test("10,000 broken headers: a typed error, or a table that is true of the file", () => {
  let refused = 0;
  fc.assert(
    fc.property(tables, fc.array(mutation, { minLength: 1, maxLength: 3 }), ({ tensors, body }, mutations) => {
      const header = mutations.reduce(mutate, Buffer.from(jsonOf(tensors)));
      try {
        const got = [...parse(header, body).tensors.values()].sort((a, b) => a.offset - b.offset || a.bytes - b.bytes);
        let end = 8 + header.length;
        for (const { offset, bytes, shape, encoding } of got) {
          expect(offset).toBe(end);
          expect(bytes).toBe((shape.reduce((n, size) => n * size, 1) * ENCODING_BITS[encoding as PlainEncoding]) / 8);
          end += bytes;
        }
        expect(end).toBe(8 + header.length + body);
        // An independent parser agrees that this is JSON, and on the names.
        const names = Object.keys(JSON.parse(header.toString()) as object).filter((name) => name !== "__metadata__");
        expect(new Set(got.map(({ name }) => name))).toEqual(new Set(names));
      } catch (error) {
        if (!(error instanceof FormatError)) throw error;
        expect(error.message.length).toBeLessThan(1000);
        refused++;
      }
    }),
    { numRuns: 10_000 },
  );
  expect(refused).toBeGreaterThan(5000);
});
