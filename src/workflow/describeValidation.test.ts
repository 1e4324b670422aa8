import { expect, test } from "vitest";
import { describeValidation } from "./describeValidation.ts";
import type { InputSpec, NodeClass, NodeContext, Prompt } from "./node.ts";
import { validate } from "./validate.ts";

const node = (name: string, inputs: Record<string, InputSpec>, extra: Partial<NodeClass> = {}): NodeClass => ({
  name,
  displayName: name,
  category: "test",
  inputs,
  outputs: [{ name: "X", type: "X" }],
  execute: async () => ({ outputs: [0] }),
  ...extra,
});
const combo = (count: number): InputSpec => ({
  type: "COMBO",
  options: Array.from({ length: count }, (_, i) => `flux-${i}.safetensors`),
});
const classes: Record<string, NodeClass> = {
  Make: node("Make", {
    n: { type: "INT", min: 1, max: 9, optional: true },
    file: { ...combo(2), optional: true },
    long: { ...combo(30), optional: true },
    none: { ...combo(0), optional: true },
    x: { type: "LINK", of: "X", optional: true },
  }),
  Text: node("Text", {}, { outputs: [{ name: "STRING", type: "STRING" }] }),
  File: node(
    "File",
    { image: { type: "STRING" } },
    { validate: async () => ({ input: "image", details: "Invalid image file: a.png" }) },
  ),
  Picture: node(
    "Picture",
    { image: { ...combo(2) } },
    { validates: ["image"], validate: async () => ({ input: "image", details: "Invalid image file: a.png" }) },
  ),
  Out: node("Out", { x: { type: "LINK", of: "X" } }, { outputNode: true }),
};
const lines = async (prompt: Prompt) =>
  describeValidation(
    await validate(prompt, {
      nodes: (name) => classes[name],
      catalogue: { list: () => [] },
      context: () => ({}) as NodeContext,
    }),
  );
const make = (inputs: Record<string, unknown>): Prompt => ({
  m: { class_type: "Make", inputs },
  o: { class_type: "Out", inputs: { x: ["m", 0] } },
});

test.each([
  [{ n: 0 }, 'node m (Make): "n" is 0, the least is 1'],
  [{ n: 2n ** 64n }, 'node m (Make): "n" is 18446744073709551616, the most is 9'],
  [{ n: "many" }, 'node m (Make): "n" is "many": not an INT value'],
  [
    { file: "flux.safetensors" },
    'node m (Make): "file" is "flux.safetensors"; there are: flux-0.safetensors, flux-1.safetensors',
  ],
  [
    { long: "Flux-12.safetensor" },
    'node m (Make): "long" is "Flux-12.safetensor"; of 30 choices the nearest are: flux-12.safetensors, flux-1.safetensors, flux-2.safetensors, flux-10.safetensors, flux-11.safetensors',
  ],
  [{ none: "a" }, 'node m (Make): "none" is "a"; there are no files of that kind: put one into its models folder'],
  [{ x: ["t", 0, 1] }, 'node m (Make): "x" is ["t",0,1], and a link is ["node id", output number]'],
  [{ x: ["z", 0] }, "node m (Make): it links to node 'z', which is not there"],
  [{ x: ["m", 0] }, "node m (Make): its links go in a circle: m (Make) -> m (Make)"],
  [{ x: ["o", 5] }, "node m (Make): it links to an output that the node does not have"],
])("%#: %o", async (inputs, line) => expect(await lines(make(inputs))).toEqual([line]));

test("a link of the wrong type", async () => {
  const prompt = { ...make({ x: ["t", 0] }), t: { class_type: "Text", inputs: {} } };
  expect(await lines(prompt)).toEqual(['node m (Make): "x" takes X, and output 0 of node t gives STRING']);
});

test("the whole prompt", async () => {
  expect(await lines({ "1": { class_type: "Nope", inputs: {} } })).toEqual([
    'node 1: there is no node class "Nope" here; it is a custom node, or one that is not built in yet',
  ]);
  expect(await lines({ "1": { class_type: "Make", inputs: {} } })).toEqual([
    "nothing in this workflow leaves it: add a node such as SaveImage or PreviewImage",
  ]);
  expect(await lines({ "1": { class_type: "Out", inputs: {} } })).toEqual([
    'node 1 (Out): "x" is missing; give it a value or a link',
  ]);
  const file = {
    f: { class_type: "File", inputs: { image: "a.png" } },
    o: { class_type: "Out", inputs: { x: ["f", 0] } },
  };
  expect(await lines(file)).toEqual(["node f (File): Invalid image file: a.png"]);
  const picture = { ...file, f: { class_type: "Picture", inputs: { image: "a.png" } } };
  expect((await lines(picture))[0]).toMatch(/^node f \(Picture\): Invalid image file: a\.png; there are: \S+, \S+$/);
});
