import { expect, test } from "vitest";
import { liveInputs } from "./liveInputs.ts";
import { DYNAMIC_COMBO, type InputSpec } from "./node.ts";

const int: InputSpec = { type: "INT" };
const declared: Readonly<Record<string, InputSpec>> = {
  image: { type: "LINK", of: "IMAGE" },
  resize: {
    type: DYNAMIC_COMBO,
    options: [
      { key: "by", inputs: { factor: { type: "FLOAT" } } },
      {
        key: "to",
        inputs: { width: int, how: { type: DYNAMIC_COMBO, options: [{ key: "crop", inputs: { edge: int } }] } },
      },
    ],
  },
  last: int,
};
const names = (given: Record<string, unknown>) => Object.keys(liveInputs(declared, given));

test("what a choice brings stands after it, choices within it too", () => {
  expect(names({ resize: "by" })).toEqual(["image", "resize", "resize.factor", "last"]);
  expect(names({ resize: "to" })).toEqual(["image", "resize", "resize.width", "resize.how", "last"]);
  expect(names({ resize: "to", "resize.how": "crop" })).toContain("resize.how.edge");
});

test.each([[{}], [{ resize: "from" }], [{ resize: ["1", 0] }], [{ resize: { key: "by" } }], [{ how: "crop" }]])(
  "%j brings nothing",
  (given) => expect(names(given)).toEqual(["image", "resize", "last"]),
);

test("a declaration without choices stays as it is", () => {
  const plain = { seed: int };
  expect(liveInputs(plain, { resize: "by" })).toBe(plain);
});
