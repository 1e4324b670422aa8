import { expect, test } from "vitest";
import { liveInputs } from "./liveInputs.ts";
import { AUTOGROW, DYNAMIC_COMBO, type InputSpec } from "./node.ts";

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

test("an input that grows: those it must have, and what is given up to its most", () => {
  const link: InputSpec = { type: "LINK", of: "*" };
  const growing: Readonly<Record<string, InputSpec>> = {
    parts: { type: AUTOGROW, input: ["part", link], prefix: "part", min: 2, max: 4 },
    last: int,
  };
  const live = (...given: string[]) => liveInputs(growing, Object.fromEntries(given.map((name) => [name, ["1", 0]])));
  expect(live()).toEqual({ "parts.part0": link, "parts.part1": link, last: int });
  const more = live("parts.part0", "parts.part3", "parts.part4", "parts", "parts.other0");
  expect(Object.keys(more)).toEqual(["parts.part0", "parts.part1", "parts.part3", "last"]);
  expect(more["parts.part3"]).toEqual({ ...link, optional: true });
});

test("a declaration without choices stays as it is", () => {
  const plain = { seed: int };
  expect(liveInputs(plain, { resize: "by" })).toBe(plain);
});
