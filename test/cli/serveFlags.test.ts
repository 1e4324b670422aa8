import { Command } from "commander";
import { expect, test } from "vitest";
import { addServeFlags } from "../../src/cli/serve/addServeFlags.ts";

const parse = (...argv: string[]) => addServeFlags(new Command("serve").exitOverride()).parse(argv, { from: "user" });

test.each(["", "secret"])("a token that could be guessed is refused: %j", (token) => {
  expect(() => parse("--token", token)).toThrow(/--token has \d characters; give 8 or more/);
});

test("a token of eight characters is taken, and --no-token asks for none", () => {
  expect(parse("--token", "12345678").opts()).toMatchObject({ token: "12345678" });
  expect(parse("--no-token").opts()).toMatchObject({ token: false });
});
