import { expect, test } from "vitest";
import { assembleWasm } from "./assembleWasm.ts";

test("a function's bytes, as the specification has them", () => {
  const text = "(func $sum (param $a i32) (param $b i32) (i32.add (local.get $a) (local.get $b)))";
  expect(Buffer.from(assembleWasm(text)).toString("hex")).toBe(
    [
      "0061736d01000000", // magic and version
      "010701" + "60027f7f017f", // type
      "020e01" + "026a73" + "066d656d6f7279" + "020001", // import of a memory
      "03020100", // function 0 has type 0
      "070701" + "0373756d" + "0000", // export
      "0a090107" + "00" + "2000" + "2001" + "6a" + "0b", // code
    ].join(""),
  );
});

test.each([
  ["(func $f (i32.popcnt (i32.const 1)))", "i32.popcnt is not assembled"],
  ["(func $f (local.get $a))", "there is no local $a"],
  ["(func $f (i32.const 1)", "parentheses do not match"],
])("what it does not know: %s", (text, message) => expect(() => assembleWasm(text)).toThrow(message));
