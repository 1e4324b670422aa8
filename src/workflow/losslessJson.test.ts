import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseJson, printJson } from "./losslessJson.ts";

describe("parseJson", () => {
  test("reads any JSON as JSON.parse does", () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(0, 2), (text, indent) => {
        const pretty = JSON.stringify(JSON.parse(text), null, indent);
        const plain = (v: unknown): unknown => JSON.parse(printJson(v));
        expect(plain(parseJson(pretty))).toEqual(JSON.parse(pretty));
      }),
    );
  });

  test.each([
    ["18446744073709551615", 18446744073709551615n],
    ["9007199254740991", 9007199254740991],
    ["9007199254740993", 9007199254740993n],
    ["-9223372036854775807", -9223372036854775807n],
    ["123456789012345678901234567890", 123456789012345678901234567890n],
    ["1e20", 1e20],
    ["18446744073709551615.0", 18446744073709552000],
    ["NaN", Number.NaN],
    ["-Infinity", Number.NEGATIVE_INFINITY],
    [" \n\t[1 , 2]\r\n", [1, 2]],
    ["\ufeff{}", {}],
  ])("%s", (text, value) => expect(parseJson(text)).toEqual(value));

  test("integers survive both ways", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }), (n) => {
        expect(BigInt(parseJson(n.toString()) as bigint | number)).toBe(n);
        expect(printJson({ seed: parseJson(n.toString()) })).toBe(`{"seed":${n}}`);
      }),
    );
  });

  test("__proto__ is a key like any other", () => {
    const value = parseJson('{"__proto__": {"polluted": true}}') as Record<string, unknown>;
    expect(Object.keys(value)).toEqual(["__proto__"]);
    expect(value["polluted"]).toBeUndefined();
  });

  test.each([
    ["", "expected a JSON value, found the end of the text (line 1, column 1)"],
    ["{\n  'a': 1}", 'expected a key in double quotes, found "\'" (line 2, column 3)'],
    ['{"a" 1}', 'expected ":", found "1" (line 1, column 6)'],
    ["[1 2]", 'expected "," or "]", found "2" (line 1, column 4)'],
    ["[1,]", 'expected a JSON value, found "]" (line 1, column 4)'],
    ['"abc', "a string does not end (line 1, column 1)"],
    ['"a\\x"', "a string holds a control character or an unknown escape (line 1, column 1)"],
    ["01", 'unexpected "1" after the end of the JSON value (line 1, column 2)'],
    ["nul", 'expected a JSON value, found "n" (line 1, column 1)'],
    ["{} {}", 'unexpected "{" after the end of the JSON value (line 1, column 4)'],
    ["9".repeat(5000), "an integer of 5000 digits; at most 4300 are read (line 1, column 5001)"],
    ["[".repeat(300), "nested deeper than 256 levels (line 1, column 257)"],
  ])("refuses %#", (text, message) => {
    expect(() => parseJson(text)).toThrow(expect.objectContaining({ code: "invalid-json", message }));
  });

  test("the length is bounded", () => {
    expect(() => parseJson("[1,2,3]", { length: 5 })).toThrow("JSON of 7 characters; at most 5 are read");
  });
});

test("ascii escapes what tEXt cannot hold, as json.dumps does", () => {
  const value = { k: "\u043c\u00e9\u{1f600}\u007f", n: [1, 2n, true, null] };
  const text = printJson(value, { ascii: true });
  expect(text).toBe('{"k": "\\u043c\\u00e9\\ud83d\\ude00\\u007f", "n": [1, 2, true, null]}');
  expect(parseJson(text)).toEqual({ ...value, n: [1, 2, true, null] });
});

test("indented, it is what JSON.stringify prints", () => {
  const value = { a: [1, { b: "x" }, []], c: {}, d: null };
  expect(printJson(value, { indent: 2 })).toBe(JSON.stringify(value, null, 2));
});
