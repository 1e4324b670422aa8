import { describe, expect, test } from "vitest";
import type { NodeOutcome } from "../nodeOutcome.ts";
import type { ResultCache } from "../resultCache.ts";
import { bytesOf } from "./bytesOf.ts";
import { classicCache } from "./classicCache.ts";
import { lruCache } from "./lruCache.ts";
import { noCache } from "./noCache.ts";
import { pressureCache } from "./pressureCache.ts";

const MB = 2 ** 20;
const of = (bytes: number): NodeOutcome => ({ outputs: [[{ data: new Uint8Array(bytes) }]] });
/** A prompt with these keys; those that are not there are made. Returns what was there, as execution_cached tells it. */
function prompt(cache: ResultCache, keys: string, bytes: Readonly<Record<string, number>> = {}, owners = ""): string {
  const names = keys.split("");
  cache.begin(new Set(names), new Set(owners.split("")));
  const found = names.filter((key) => cache.get(key) !== undefined);
  for (const key of names) if (!found.includes(key)) cache.set(key, of(bytes[key] ?? 0));
  cache.end();
  return found.join("");
}

describe("the classic cache", () => {
  test("keeps the last prompt's results, those it did not need too", () => {
    const cache = classicCache();
    expect(prompt(cache, "abc")).toBe("");
    expect(prompt(cache, "abd")).toBe("ab");
    expect(prompt(cache, "abc")).toBe("ab");
    cache.clear();
    expect(prompt(cache, "a")).toBe("");
  });

  test("results of an expansion live with their owner, and go when it expands without them", () => {
    const cache = classicCache();
    cache.begin(new Set("p"), new Set("P"));
    for (const key of "xy") cache.set(key, of(0), "P");
    cache.end();
    // The owner is there and was found again: nothing is asked of its nodes.
    expect(prompt(cache, "q", {}, "P")).toBe("");
    cache.begin(new Set("p"), new Set("P"));
    expect(["x", "z"].map((key) => cache.get(key, "P") !== undefined)).toEqual([true, false]);
    cache.end();
    cache.begin(new Set("p"), new Set("P"));
    expect(["x", "y"].map((key) => cache.get(key, "P") !== undefined)).toEqual([true, false]);
    cache.begin(new Set("p"), new Set("Q"));
    expect(cache.get("x", "P")).toBeUndefined();
  });
});

describe("the LRU cache", () => {
  test("keeps prompts' results until there are too many, and lets go of a whole prompt's", () => {
    const cache = lruCache(4);
    prompt(cache, "ab");
    prompt(cache, "cd");
    expect(prompt(cache, "ab")).toBe("ab");
    // Six are too many: those of the prompt that was longest not seen go when the next one begins.
    expect(prompt(cache, "ef")).toBe("");
    expect(prompt(cache, "ab")).toBe("ab");
    expect(prompt(cache, "cd")).toBe("");
  });

  test("a prompt keeps its own, however many", () => {
    const cache = lruCache(1);
    prompt(cache, "abc");
    expect(prompt(cache, "abc")).toBe("abc");
    expect(prompt(cache, "d")).toBe("");
    expect(prompt(cache, "abc")).toBe("");
  });
});

test("no cache keeps nothing", () => {
  prompt(noCache, "ab");
  expect(prompt(noCache, "ab")).toBe("");
});

describe("the cache under pressure", () => {
  const kept = (cache: ResultCache, keys: string) =>
    keys
      .split("")
      .filter((key) => cache.get(key))
      .join("");

  test("keeps all prompts' results; of those longest not seen the largest go first, and as few as will do", () => {
    const cache = pressureCache();
    prompt(cache, "ab", { a: 2 * MB, b: 3 * MB });
    prompt(cache, "cd", { c: 9 * MB, d: 1 * MB });
    expect(cache.relieve(3 * MB)).toBe(3 * MB);
    expect(kept(cache, "abcd")).toBe("acd");
  });

  test("a prompt that comes again is seen again", () => {
    const cache = pressureCache();
    prompt(cache, "ab", { a: 2 * MB, b: 3 * MB });
    prompt(cache, "c", { c: 4 * MB });
    expect(prompt(cache, "ab")).toBe("ab");
    expect(cache.relieve(1)).toBe(4 * MB);
    expect(kept(cache, "abc")).toBe("ab");
  });

  test("what holds no memory to speak of stays, and what is asked for beyond all is told", () => {
    const cache = pressureCache();
    prompt(cache, "ab", { a: MB - 1, b: 2 * MB });
    expect(cache.relieve(100 * MB)).toBe(2 * MB);
    expect(kept(cache, "ab")).toBe("a");
  });

  test("a server that runs for months keeps a bounded number", () => {
    const cache = pressureCache();
    const many = Array.from({ length: 10_001 }, (_, i) => `k${i}`);
    cache.begin(new Set(many), new Set());
    for (const key of many) cache.set(key, of(0));
    cache.begin(new Set(["k5"]), new Set());
    expect(many.filter((key) => cache.get(key) === undefined)).toHaveLength(1);
    expect(cache.get("k5")).toBeDefined();
  });
});

test("bytes of a result: every buffer once, through lists and objects, not behind handles", () => {
  const shared = new Float32Array(100);
  class Model {
    readonly weights = new Float32Array(1000);
  }
  expect(bytesOf([[{ data: shared, mask: { data: shared.subarray(3) } }], [new Model(), 5, "text", null]])).toBe(400);
  expect(bytesOf([new ArrayBuffer(7), [[[new Uint16Array(2)]]]])).toBe(11);
  const circle: Record<string, unknown> = { data: new Uint8Array(3) };
  circle["self"] = circle;
  expect(bytesOf(circle)).toBe(3);
});
