import { describe, expect, test } from "vitest";
import type { InputSpec, NodeClass, NodeContext, Prompt } from "./node.ts";
import { validate } from "./validate.ts";

/** What the recorded exchanges (test/workflow) do not show. */
const node = (name: string, inputs: Record<string, InputSpec>, extra: Partial<NodeClass> = {}): NodeClass => ({
  name,
  displayName: name,
  category: "test",
  inputs,
  outputs: [{ name: "X", type: "X" }],
  execute: async () => ({ outputs: [0] }),
  ...extra,
});
const classes: Record<string, NodeClass> = {
  Pass: node("Pass", { x: { type: "LINK", of: "X,Y" } }),
  Make: node("Make", { n: { type: "INT", min: 0, max: 2n ** 64n - 1n }, f: { type: "FLOAT", min: 0, max: 1 } }),
  Model: node("Model", { name: { type: "COMBO", options: ({ list }) => list("models") } }),
  Out: node("Out", { x: { type: "LINK", of: "*" }, note: { type: "STRING", optional: true } }, { outputNode: true }),
};
const check = (prompt: Prompt, targets: readonly string[] | null = null) =>
  validate(prompt, {
    nodes: (name) => (Object.hasOwn(classes, name) ? classes[name] : undefined),
    catalogue: { list: () => Array.from({ length: 21 }, (_, i) => `m${i}.safetensors`) },
    context: () => ({}) as NodeContext,
    targets,
  });
const n = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });
const made = { m: n("Make", { n: 1, f: 1 }), o: n("Out", { x: ["m", 0] }) };

describe("validate", () => {
  test("a valid prompt comes back with its values coerced, the given one is not changed", async () => {
    const given = { m: n("Make", { n: "18446744073709551615", f: "0.5" }), o: n("Out", { x: ["m", 0], note: 5 }) };
    const before = structuredClone(given);
    const result = await check(given);
    expect(result).toMatchObject({ ok: true, outputs: ["o"], nodeErrors: {} });
    expect(result.ok && result.prompt).toEqual({
      m: n("Make", { n: 2n ** 64n - 1n, f: 0.5 }),
      o: n("Out", { x: ["m", 0], note: "5" }),
    });
    expect(given).toEqual(before);
  });

  test.each([
    [{ n: -1, f: 0 }, "value_smaller_than_min", "Value -1 smaller than min of 0"],
    [
      { n: "18446744073709551616", f: 0 },
      "value_bigger_than_max",
      "Value 18446744073709551616 bigger than max of 18446744073709551615",
    ],
    [{ n: 0, f: -1 }, "value_smaller_than_min", "Value -1.0 smaller than min of 0.0"],
    [{ n: 0, f: 1e-5 - 1 }, "value_smaller_than_min", "Value -0.99999 smaller than min of 0.0"],
    [{ n: Number.NaN, f: 0 }, "invalid_input_type", "Failed to convert an input value to a INT value"],
  ])("%j: %s", async (inputs, type, message) => {
    const result = await check({ ...made, m: n("Make", inputs) });
    expect(result.nodeErrors).toMatchObject({ m: { errors: [{ type, message }], dependent_outputs: ["o"] } });
  });

  test("a long list is told by its length, and the choices come beside", async () => {
    const result = await check({ m: n("Model", { name: "x" }), o: n("Out", { x: ["m", 0] }) });
    expect(result.nodeErrors["m"]!.errors[0]).toMatchObject({
      details: "name: 'x' not in (list of length 21)",
      extra_info: { input_config: null },
    });
    expect(result.choices["m"]!["name"]).toHaveLength(21);
  });

  test("dependent_outputs are those that hang on the node, and no others", async () => {
    const bad = n("Make", { n: -1, f: 0 });
    const result = await check({ a: bad, b: bad, p: n("Out", { x: ["a", 0] }), q: n("Out", { x: ["b", 0] }) });
    expect(result.nodeErrors).toMatchObject({ a: { dependent_outputs: ["p"] }, b: { dependent_outputs: ["q"] } });
  });

  test("a node may check the types of its links itself, and tell several faults", async () => {
    const node = classes["Out"]!;
    classes["Typed"] = {
      ...node,
      name: "Typed",
      inputs: { x: { type: "LINK", of: "NUMBER" }, note: { type: "STRING", optional: true } },
      validatesTypes: true,
      validate: (_, { linkTypes }) =>
        linkTypes!["x"] === "X"
          ? [
              { input: "x", details: "no X" },
              { input: "note", details: "" },
            ]
          : null,
    };
    const result = await check({ m: made.m, o: n("Typed", { x: ["m", 0] }) });
    expect(result.nodeErrors["o"]!.errors).toMatchObject([
      { type: "custom_validation_failed", details: "x - no X" },
      { type: "custom_validation_failed", details: "note" },
    ]);
  });

  test("targets", async () => {
    const two = { ...made, o2: n("Out", { x: ["m", 0] }) };
    expect(await check(two, ["o2"])).toMatchObject({ ok: true, outputs: ["o2"] });
    expect(await check(two, [])).toMatchObject({ ok: false, error: { type: "prompt_no_outputs" } });
    expect(await check(two, ["m"])).toMatchObject({ ok: false, error: { type: "prompt_no_outputs" } });
  });

  test("names of Object.prototype are no nodes and no inputs", async () => {
    const result = await check({ o: n("Out", { x: ["constructor", 0] }) });
    expect(result).toMatchObject({ ok: false, error: { details: "Exception when validating node: 'constructor'" } });
    expect(await check({ a: n("toString", {}) })).toMatchObject({ error: { type: "missing_node_type" } });
  });

  test("nodes that are no objects, and too many of them", async () => {
    expect(await check({ a: 5, b: null } as unknown as Prompt)).toMatchObject({ error: { type: "missing_node_type" } });
    const many = Object.fromEntries(Array.from({ length: 4097 }, (_, i) => [i, n("Make", {})]));
    expect(await check(many)).toMatchObject({
      error: { type: "prompt_too_large", details: "4097 nodes, at most 4096" },
    });
  });

  test("the longest chain does not run out of stack", async () => {
    const chain: Record<string, Prompt[string]> = { "0": n("Make", { n: 1, f: 1 }) };
    for (let i = 1; i < 4095; i++) chain[i] = n("Pass", { x: [String(i - 1), 0] });
    chain["o"] = n("Out", { x: ["4094", 0] });
    expect(await check(chain)).toMatchObject({ ok: true });
    chain["0"] = n("Make", { n: -1, f: 1 });
    expect(Object.keys((await check(chain)).nodeErrors)).toEqual(["0"]);
  });
});
