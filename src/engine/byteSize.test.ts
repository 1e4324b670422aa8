import { expect, test } from "vitest";
import { parseByteSize } from "./byteSize.ts";

test.each([
  ["8GB", { bytes: 8_000_000_000 }],
  ["8 GB", { bytes: 8_000_000_000 }],
  ["8gb", { bytes: 8_000_000_000 }],
  ["8GiB", { bytes: 8 * 2 ** 30 }],
  ["7.5GiB", { bytes: 7.5 * 2 ** 30 }],
  [".5MB", { bytes: 500_000 }],
  ["400MB", { bytes: 400_000_000 }],
  ["1TB", { bytes: 1e12 }],
  ["100B", { bytes: 100 }],
  ["60%", { share: 0.6 }],
  ["60 %", { share: 0.6 }],
  ["100%", { share: 1 }],
])("%s", (text, size) => expect(parseByteSize(text)).toEqual(size));

test.each(["", "8", "GB", "8 apples", "-8GB", "0GB", "0%", "101%", "1e9B", "8GB8", "0.1B", "99999999TB", "NaN", "٨GB"])(
  "%j is no amount",
  (text) => expect(parseByteSize(text)).toBeNull(),
);

test("a bare number counts in the flag's unit, where it has one", () => {
  expect(parseByteSize("1.5", "GB")).toEqual({ bytes: 1_500_000_000 });
  expect(parseByteSize("2MB", "GB")).toEqual({ bytes: 2_000_000 });
});
