import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { addCacheFlags, type CacheFlags, cacheMode } from "./cacheFlags.ts";

function parse(...argv: string[]) {
  const command = new Command("weir").configureOutput({ writeErr: () => {} }).exitOverride();
  addCacheFlags(command);
  command.argument("[files...]").parse(argv, { from: "user" });
  return cacheMode(command.opts<CacheFlags>());
}

test.each([
  [[], undefined],
  [["--cache-classic"], { kind: "classic" }],
  [["--cache-none"], { kind: "none" }],
  [["--cache-lru", "10"], { kind: "lru", entries: 10 }],
  [["--cache-lru", "0"], undefined],
  [["--cache-ram"], { kind: "ram", headroom: null }],
  [["--cache-ram", "4"], { kind: "ram", headroom: 4e9 }],
  [["--cache-ram", "0.5"], { kind: "ram", headroom: 5e8 }],
  [["--cache-ram", "400MB"], { kind: "ram", headroom: 4e8 }],
  [["--cache-ram", "0"], { kind: "ram", headroom: 0 }],
])("%j", (argv, mode) => expect(parse(...argv)).toEqual(mode));

test("what is no amount and two ways at once are refused", () => {
  expect(() => parse("--cache-ram", "much")).toThrow(
    '--cache-ram takes an amount of memory such as 4 (GB) or 400MB; got "much"',
  );
  expect(() => parse("--cache-ram", "10%")).toThrow("--cache-ram takes an amount");
  expect(() => parse("--cache-lru", "few")).toThrow("--cache-lru takes a whole number from 0 up");
  expect(() => parse("--cache-none", "--cache-classic")).toThrow(CommanderError);
});
