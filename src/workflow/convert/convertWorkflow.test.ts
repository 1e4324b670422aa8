import { describe, expect, test } from "vitest";
import { convertWorkflow } from "./convertWorkflow.ts";
import { describeObjectInfo } from "./nodeDescription.ts";

/** Strangers' files: what cannot be converted is told by name, and nothing costs more than its length. */
const classes: Readonly<Record<string, unknown>> = {
  Make: { name: "Make", input: { required: { seed: ["INT", { default: 3 }], text: ["STRING", {}] } } },
  Mode: {
    name: "Mode",
    display_name: "The mode",
    input: {
      required: {
        mode: [
          "COMFY_DYNAMICCOMBO_V3",
          {
            options: [
              { key: "a", inputs: { required: { x: ["INT", { default: 1 }], y: ["INT", { default: 2 }] } } },
              { key: "b", inputs: { required: { z: ["FLOAT", { default: 0.5 }] } } },
            ],
          },
        ],
        last: ["STRING", { default: "l" }],
      },
    },
  },
  Out: { name: "Out", input: { required: { image: ["IMAGE"] } } },
};
const convert = (ui: unknown) =>
  convertWorkflow(ui, {
    name: "w.json",
    describe: (type) => (Object.hasOwn(classes, type) ? describeObjectInfo(classes[type]) : undefined),
    random: () => 0,
    now: new Date(0),
  });
const inputs = (ui: unknown) =>
  Object.fromEntries(Object.entries(convert(ui).prompt).map(([id, node]) => [id, node.inputs]));

const make = (id: number | string, values: unknown, more: object = {}) => ({
  id,
  type: "Make",
  widgets_values: values,
  outputs: [{ type: "IMAGE" }],
  ...more,
});
const out = (id: number, link: number) => ({ id, type: "Out", inputs: [{ name: "image", type: "IMAGE", link }] });
const instance = (id: number, type: string, more: object = {}) => ({ id, type, mode: 0, ...more });
const graph = (nodes: unknown[], links: unknown[] = [], subgraphs: unknown[] = []) => ({
  nodes,
  links,
  last_node_id: 50,
  definitions: { subgraphs },
});

test("a seed keeps its digits, and its control is not sent", () => {
  expect(inputs(graph([make(1, [2n ** 64n - 1n, "randomize", "t"])]))).toEqual({
    "1": { seed: 2n ** 64n - 1n, text: "t" },
  });
});

test("a dynamic combo's children follow it, and what comes after them keeps its place", () => {
  const of = (values: unknown) => inputs(graph([{ id: 1, type: "Mode", widgets_values: values }]))["1"];
  expect(of(["a", 7, 8, "end"])).toEqual({ mode: "a", "mode.x": 7, "mode.y": 8, last: "end" });
  expect(of(["b", 0.25, "end"])).toEqual({ mode: "b", "mode.z": 0.25, last: "end" });
  expect(of([])).toEqual({ mode: "a", "mode.x": 1, "mode.y": 2, last: "l" });
  expect(of(["gone", "end"])).toEqual({ mode: "gone", last: "end" });
});

test("an instance that changes a dynamic combo starts its children afresh", () => {
  const ui = graph(
    [instance(5, "s", { properties: { proxyWidgets: [["2", "mode"]] }, widgets_values: ["b"] })],
    [],
    [{ id: "s", nodes: [{ id: 2, type: "Mode", widgets_values: ["a", 7, 8, "end"] }], links: [] }],
  );
  expect(inputs(ui)).toEqual({ "5:2": { mode: "b", "mode.z": 0.5, last: "end" } });
});

test("a PrimitiveNode sets the input of an instance", () => {
  const ui = graph(
    [
      { id: 1, type: "PrimitiveNode", widgets_values: [9, "fixed"] },
      instance(5, "s", { inputs: [{ name: "s", type: "INT", widget: { name: "s" }, link: 1 }], widgets_values: [4] }),
    ],
    [[1, 1, 0, 5, 0, "INT"]],
    [
      {
        id: "s",
        inputs: [{ name: "s", type: "INT", linkIds: [1] }],
        nodes: [make(2, [1, "fixed", "t"], { inputs: [{ name: "seed", type: "INT", link: 1 }] })],
        links: [{ id: 1, origin_id: -10, origin_slot: 0, target_id: 2, target_slot: 0, type: "INT" }],
      },
    ],
  );
  expect(inputs(ui)).toEqual({ "5:2": { seed: 9, text: "t" } });
});

test("renumbered nodes keep their proxies, and new ids are free", () => {
  const inner = (id: string) => ({ id, nodes: [make(5, [1, "fixed", id])], links: [] });
  const of = (id: number, type: string, value: number) =>
    instance(id, type, { properties: { proxyWidgets: [["5", "seed"]] }, widgets_values: [value] });
  expect(inputs(graph([of(5, "s", 10), of(51, "t", 20)], [], [inner("s"), inner("t")]))).toEqual({
    "5:52": { seed: 10, text: "s" },
    "51:53": { seed: 20, text: "t" },
  });
});

test("a bypassed node passes the input at the output's own place, before others of its type", () => {
  const passing = (first: number | null, second: number | null, slot: number) =>
    inputs(
      graph(
        [
          make(1, []),
          make(2, []),
          {
            id: 3,
            type: "Two",
            mode: 4,
            inputs: [
              { name: "a", type: "IMAGE", link: first },
              { name: "b", type: "IMAGE", link: second },
            ],
            outputs: [{ type: "IMAGE" }, { type: "IMAGE" }],
          },
          out(4, 3),
        ],
        [
          [1, 1, 0, 3, 0, "IMAGE"],
          [2, 2, 0, 3, 1, "IMAGE"],
          [3, 3, slot, 4, 0, "IMAGE"],
        ],
      ),
    )["4"];
  expect(passing(1, 2, 0)).toEqual({ image: ["1", 0] });
  expect(passing(1, 2, 1)).toEqual({ image: ["2", 0] });
  // Also where nothing is connected to it.
  expect(passing(1, null, 1)).toEqual({});
});

describe("what is broken", () => {
  const holding = (id: string, inner: string, times = 1) => ({
    id,
    nodes: Array.from({ length: times }, (_, i) => instance(i + 1, inner)),
    links: [],
  });
  const chain = (length: number, times: number) => [
    ...Array.from({ length }, (_, i) => holding(`s${i}`, `s${i + 1}`, times)),
    { id: `s${length}`, nodes: [make(1, [])], links: [] },
  ];
  test.each([
    ["a node without a type", graph([{ id: 1 }]), "broken-workflow"],
    ["a node that is none", graph([null]), "broken-workflow"],
    ["a subgraph that holds itself", graph([instance(1, "s")], [], [holding("s", "s")]), "broken-workflow"],
    [
      "two that hold each other",
      graph([instance(1, "s")], [], [holding("s", "t"), holding("t", "s")]),
      "broken-workflow",
    ],
    ["too deep", graph([instance(1, "s0")], [], chain(100, 1)), "too-large"],
    ["too many once expanded", graph([instance(1, "s0")], [], chain(20, 3)), "too-large"],
    ["too many", graph(Array.from({ length: 20_001 }, (_, id) => ({ id, type: "Out" }))), "too-large"],
    [
      "reroutes in a circle",
      graph(
        [
          { id: 1, type: "Reroute", inputs: [{ name: "", type: "*", link: 2 }] },
          { id: 2, type: "Reroute", inputs: [{ name: "", type: "*", link: 1 }] },
          out(3, 2),
        ],
        [
          [1, 1, 0, 2, 0, "*"],
          [2, 2, 0, 1, 0, "*"],
        ],
      ),
      "broken-workflow",
    ],
  ])("%s", (_, ui, code) => {
    expect(() => convert(ui)).toThrow(expect.objectContaining({ name: "WorkflowError", code }));
  });

  test.each([
    ["a link that is not there", graph([out(1, 9)])],
    ["a link from a node that is not there", graph([out(1, 9)], [[9, 77, 0, 1, 0, "IMAGE"]])],
    ["links that are none", graph([out(1, 9)], [null, 3, "x", [], {}])],
    ["from the border of a subgraph, outside of one", graph([out(1, 9)], [[9, -10, 0, 1, 0, "IMAGE"]])],
  ])("%s: the input is left out", (_, ui) => expect(inputs(ui)).toEqual({ "1": {} }));

  test("names of Object's own are names", () => {
    const { prompt } = convert(graph([make("__proto__", [1]), { id: "constructor", type: "toString" }]));
    expect(Object.keys(prompt)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(prompt)).toBe(Object.prototype);
  });
});
