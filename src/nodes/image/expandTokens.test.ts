import { expect, test } from "vitest";
import { expandTokens } from "./expandTokens.ts";

test("tokens of a prefix; unknown ones and %batch_num% stay", () => {
  const now = new Date(2026, 2, 4, 5, 6, 7);
  const prefix = "%year%-%month%-%day%/%hour%%minute%%second% %width%x%height% %batch_num% %nope% 100%";
  expect(expandTokens(prefix, { width: 64, height: 32 }, now)).toBe("2026-03-04/050607 64x32 %batch_num% %nope% 100%");
});

test.each([
  ["%date:yyyy%_%width%", "%date:yyyy%_64"],
  ["%x%width%y%", "%x64y%"],
  ["%year%width%", "%year64"],
  ["$&%width%$1", "$&64$1"],
])("%s is %s", (prefix, name) => {
  expect(expandTokens(prefix, { width: 64, height: 32 }, new Date(2026, 2, 4))).toBe(name);
});
