import { expect, test } from "vitest";
import { type DeclaredClass, objectInfo } from "./objectInfo.ts";

const inputs = {
  image: { type: "LINK", of: "IMAGE" },
  mask: { type: "LINK", of: "MASK", optional: true },
} as const;
const plain: DeclaredClass = {
  name: "Blur",
  displayName: "Blur",
  untitled: true,
  category: "image",
  inputs,
  hidden: { unique_id: "UNIQUE_ID" },
  outputs: [{ name: "blurred", type: "IMAGE", isList: true }],
  outputNode: false,
};

test("a class of a module in the older form", () =>
  expect(objectInfo({ ...plain, pythonModule: "nodes" })).toMatchObject({
    input: { required: { image: ["IMAGE"] }, optional: { mask: ["MASK"] }, hidden: { unique_id: "UNIQUE_ID" } },
    input_order: { required: ["image"], optional: ["mask"], hidden: ["unique_id"] },
    display_name: "Blur",
    search_aliases: [],
    python_module: "nodes",
    output: ["IMAGE"],
    output_name: ["blurred"],
    output_is_list: [true],
  }));

test("a class in the older form has no keys for what is not said of it", () => {
  const older = { ...plain, pythonModule: "nodes" };
  const absent = ["output_tooltips", "output_matchtypes", "deprecated", "experimental", "dev_only", "api_node"];
  for (const key of [...absent, "price_badge", "essentials_category"])
    expect(objectInfo(older)).not.toHaveProperty(key);
  const more = { deprecated: true, experimental: true, essentialsCategory: "Basics" };
  expect(objectInfo({ ...older, ...more })).toMatchObject({
    ...{ deprecated: true, experimental: true, essentials_category: "Basics" },
  });
  const outputs = [{ name: "blurred", type: "IMAGE", tooltip: "The picture." }];
  expect(objectInfo({ ...older, outputs })).toHaveProperty("output_tooltips", ["The picture."]);
});

test("a class in the newer form", () =>
  expect(objectInfo(plain)).toMatchObject({
    input: {
      required: { image: ["IMAGE", {}] },
      optional: { mask: ["MASK", {}] },
      hidden: { unique_id: ["UNIQUE_ID"] },
    },
    display_name: null,
    search_aliases: null,
    python_module: "weir",
    output_tooltips: [null],
    output_matchtypes: null,
  }));

test("no inputs: an empty group of required ones", () =>
  expect(objectInfo({ ...plain, inputs: {}, hidden: {} })).toMatchObject({
    input: { required: {} },
    input_order: { required: [] },
  }));
