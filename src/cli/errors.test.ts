import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { catalogue } from "./catalogue.ts";
import { exitCodeOf } from "./errors.ts";
import { EXIT } from "./exitCodes.ts";

const root = join(import.meta.dirname, "../..");

/** Every `code` that a source file gives an error: a property, or the values of its type. */
function codesIn(text: string): string[] {
  const assigned = /\bcode\??\s*(?::[^=;,{}]*)?[:=]\s*((?:"[a-z][a-z0-9-]*"(?:\s*[|:?]\s*)?)+)/g;
  const conditional = /\bcode = [^;]*\?([^;]*);/g;
  return [...text.matchAll(assigned), ...text.matchAll(conditional)].flatMap((match) =>
    [...match[1]!.matchAll(/"([a-z][a-z0-9-]*)"/g)].map((code) => code[1]!),
  );
}

function sources(): string[] {
  const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" });
  return files
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts") && !/\btesting\b/.test(file))
    .map((file) => readFileSync(join(root, "src", file), "utf8"));
}

describe("the catalogue", () => {
  test("has each code once", () => {
    expect(catalogue.map((entry) => entry.code)).toEqual([...new Set(catalogue.map((entry) => entry.code))]);
  });

  test("has every code of the sources", () => {
    const used = new Set(sources().flatMap(codesIn));
    expect(used.size).toBeGreaterThan(20);
    expect([...used].filter((code) => !catalogue.some((entry) => entry.code === code))).toEqual([]);
  });

  test("has no code that no source uses", () => {
    const all = sources()
      .join("\n")
      .replaceAll(/entry\("[a-z-]+"/g, "");
    expect(catalogue.map((entry) => entry.code).filter((code) => !all.includes(`"${code}"`))).toEqual([]);
  });

  test("is the table of docs/errors.md", () => {
    const page = readFileSync(join(root, "docs/errors.md"), "utf8");
    const rows = [...page.matchAll(/^\| `([a-z0-9-]+)` \| (\d+) \| (.*?) \| (.*?) \|$/gm)];
    expect(rows.map(([, code, exit, meaning, next]) => ({ code, exit: Number(exit), meaning, next }))).toEqual(
      catalogue,
    );
    const exits = [...page.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
    expect(exits).toEqual(Object.values(EXIT));
  });

  test("decides the exit code; what is not in it is 1", () => {
    expect(exitCodeOf("does-not-fit")).toBe(4);
    expect(exitCodeOf("missing-model")).toBe(5);
    expect(exitCodeOf(undefined)).toBe(1);
    expect(exitCodeOf("of-tomorrow")).toBe(1);
  });
});
