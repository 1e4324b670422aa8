import { afterAll, expect, test } from "vitest";
import { n, openWorld } from "./world.ts";

const world = openWorld();
afterAll(() => world.close());

test("values one after another as a list: what takes it runs once for each", async () => {
  const { outputs } = await world.run({
    a: n("PrimitiveString", { value: "red" }),
    b: n("PrimitiveString", { value: "blue" }),
    list: n("CreateList", { "inputs.input0": ["a", 0], "inputs.input1": ["b", 0], "inputs.input2": ["a", 0] }),
    join: n("StringConcatenate", { string_a: "a ", string_b: ["list", 0], delimiter: "" }),
    show: n("PreviewAny", { source: ["join", 0] }),
  });
  expect(outputs["show"]).toEqual({ text: ["a red", "a blue", "a red"] });
});

test("lists are joined; one value is a list of one", async () => {
  const { outputs } = await world.run({
    image: n("EmptyImage", { width: 1, height: 1, batch_size: 3, color: 0 }),
    parts: n("RebatchImages", { images: ["image", 0], batch_size: 2 }),
    list: n("CreateList", { "inputs.input0": ["parts", 0], "inputs.input5": ["image", 0] }),
    size: n("GetImageSize", { image: ["list", 0] }),
    show: n("PreviewAny", { source: ["size", 2] }),
  });
  expect(outputs["show"]).toEqual({ text: ["2", "1", "3"] });
});

test("what a choice brings may be a link: a picture takes another one's size", async () => {
  const { outputs } = await world.run({
    image: n("EmptyImage", { width: 8, height: 8, batch_size: 1, color: 0 }),
    other: n("SolidMask", { value: 1, width: 5, height: 3 }),
    resize: n("ResizeImageMaskNode", {
      input: ["image", 0],
      resize_type: "match size",
      "resize_type.match": ["other", 0],
      "resize_type.crop": "center",
      scale_method: "area",
    }),
    size: n("GetImageSize", { image: ["resize", 0] }),
    width: n("PreviewAny", { source: ["size", 0] }),
    height: n("PreviewAny", { source: ["size", 1] }),
  });
  expect([outputs["width"], outputs["height"]]).toEqual([{ text: ["5"] }, { text: ["3"] }]);
});

test("the first is needed; what is past the last, or of another name, is not looked at", async () => {
  const prompt = (inputs: Record<string, unknown>) => ({
    a: n("PrimitiveString", { value: "red" }),
    list: n("CreateList", inputs),
    show: n("PreviewAny", { source: ["list", 0] }),
  });
  expect(await world.check(prompt({ "inputs.input1": ["a", 0] }))).toMatchObject({
    ok: false,
    nodeErrors: { list: { errors: [{ type: "required_input_missing", details: "inputs.input0" }] } },
  });
  const more = { "inputs.input0": ["a", 0], "inputs.input10": ["a", 0], "inputs.other": 5 };
  expect((await world.run(prompt(more))).outputs["show"]).toEqual({ text: ["red"] });
});
