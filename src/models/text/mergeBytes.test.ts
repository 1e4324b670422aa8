import fc from "fast-check";
import { expect, test } from "vitest";
import { type ByteVocabulary, mergeBytes } from "./mergeBytes.ts";

const vocabulary = (...tokens: string[]): ByteVocabulary => new Map(tokens.map((token, id) => [token, id]));
const merged = (text: string, ...tokens: string[]) => {
  const table = vocabulary("a", "b", "c", ...tokens);
  const names = [...table.keys()];
  return mergeBytes(table, text).map((id) => names[id]);
};

test("what is a token is one token, even where merging would not get there", () =>
  expect(merged("abc", "abc")).toEqual(["abc"]));

test("the lowest id first, then the leftmost", () => {
  expect(merged("abcab", "bc", "ab")).toEqual(["a", "bc", "ab"]);
  expect(merged("aaaaa", "aa")).toEqual(["aa", "aa", "a"]);
  expect(merged("aaaaaaa", "aa", "aaaa")).toEqual(["aaaa", "aa", "a"]);
});

/** All pairs looked at again for every merge. */
function slowly(table: ByteVocabulary, text: string): number[] {
  if (table.has(text)) return [table.get(text)!];
  const parts = [...text];
  for (;;) {
    let best: readonly number[] | undefined;
    for (let i = 0; i + 1 < parts.length; i++) {
      const token = table.get(parts[i]! + parts[i + 1]!);
      if (token === undefined) continue;
      const pair = [token, table.get(parts[i]!)!, table.get(parts[i + 1]!)!, i];
      const order = best ? pair.map((n, at) => n - best![at]!).find((d) => d !== 0)! : -1;
      if (order < 0) best = pair;
    }
    if (!best) return parts.map((part) => table.get(part)!);
    parts.splice(best[3]!, 2, parts[best[3]!]! + parts[best[3]! + 1]!);
  }
}

test("as the plain way does it", () => {
  const text = (maxLength: number) => fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 1, maxLength });
  fc.assert(
    fc.property(fc.array(text(5), { maxLength: 30 }), text(40), (tokens, given) => {
      const table = vocabulary(...new Set(["a", "b", "c", ...tokens]));
      expect(mergeBytes(table, given)).toEqual(slowly(table, given));
    }),
  );
});
