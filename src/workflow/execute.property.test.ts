import fc from "fast-check";
import { expect, test } from "vitest";
import { classicCache } from "./caches/classicCache.ts";
import { noCache } from "./caches/noCache.ts";
import { pressureCache } from "./caches/pressureCache.ts";
import { execute } from "./execute.ts";
import type { NodeClass, Prompt } from "./node.ts";
import type { ResultCache } from "./resultCache.ts";

/**
 * Random graphs of lists, lazy choices and nodes that wait, against a model that evaluates a node by evaluating its sources: the same values
 * leave, whatever is cached or forgotten on the way; without a cache every node that the model needs runs once, and no other.
 */
interface Spec {
  readonly kind: "number" | "range" | "add" | "sum" | "pick" | "wait";
  readonly a: number;
  readonly b: number;
  readonly value: number;
}
const spec: fc.Arbitrary<Spec> = fc.record({
  kind: fc.constantFrom("number", "range", "add", "sum", "pick", "wait"),
  a: fc.nat(1000),
  b: fc.nat(1000),
  value: fc.integer({ min: 1, max: 3 }),
});
const graph = fc.record({
  nodes: fc.array(spec, { minLength: 1, maxLength: 14 }),
  outputs: fc.array(fc.nat(1000), { minLength: 1, maxLength: 4 }),
});

const link = { type: "LINK", of: "*" } as const;
const lazy = { ...link, lazy: true } as const;
const base = { category: "test", outputs: [{ name: "X", type: "X" }] };
const number = (value: unknown) => Number(value);

function classesOf(ran: string[]): Record<string, NodeClass> {
  const make = (
    name: string,
    more: Partial<NodeClass>,
    run: (inputs: Readonly<Record<string, unknown>>) => unknown,
  ) => ({
    name,
    displayName: name,
    ...base,
    inputs: {},
    ...more,
    execute: async (
      inputs: Readonly<Record<string, unknown>>,
      { nodeId, run: place }: { nodeId: string; run?: number },
    ) => {
      if (place === 0) ran.push(nodeId);
      const value = await run(inputs);
      return name === "show" ? { outputs: [value], ui: { values: [value] } } : { outputs: [value] };
    },
  });
  const nodes = [
    make("number", { inputs: { value: { type: "INT" } } }, ({ value }) => value),
    make(
      "range",
      { inputs: { value: { type: "INT" } }, outputs: [{ name: "X", type: "X", isList: true }] },
      ({ value }) => Array.from({ length: number(value) }, (_, i) => i + 1),
    ),
    make("add", { inputs: { a: link, b: link } }, ({ a, b }) => number(a) + number(b)),
    make("sum", { inputs: { a: link }, inputIsList: true }, ({ a }) => (a as number[]).reduce((x, y) => x + y, 0)),
    make(
      "pick",
      {
        inputs: { value: { type: "INT" }, a: lazy, b: lazy },
        checkLazyStatus: ({ value }) => [value === 1 ? "a" : "b"],
      },
      ({ value, a, b }) => (value === 1 ? a : b),
    ),
    make("wait", { inputs: { a: link }, concurrent: true }, async ({ a }) => {
      await new Promise((turn) => setTimeout(turn));
      return number(a) * 2;
    }),
    make("show", { inputs: { value: link }, outputNode: true }, ({ value }) => value),
  ];
  return Object.fromEntries(nodes.map((node) => [node.name, node as NodeClass]));
}

/** Links lead to earlier nodes only; a node with nothing before it is a number. */
function promptOf({ nodes, outputs }: { nodes: readonly Spec[]; outputs: readonly number[] }): Prompt {
  const prompt: Record<string, Prompt[string]> = {};
  nodes.forEach(({ kind, a, b, value }, i) => {
    const from = (n: number) => [`n${n % i}`, 0];
    const links = i === 0 ? {} : { a: from(a), b: from(b) };
    prompt[`n${i}`] = { class_type: i === 0 && kind !== "range" ? "number" : kind, inputs: { value, ...links } };
  });
  outputs.forEach((from, i) => {
    prompt[`out${i}`] = { class_type: "show", inputs: { value: [`n${from % nodes.length}`, 0] } };
  });
  return prompt;
}

/** A node's values, and every node that had to run for them. */
function model(prompt: Prompt, id: string, needed: Set<string>): number[] {
  needed.add(id);
  const { class_type, inputs } = prompt[id]!;
  const value = number(inputs["value"]);
  const of = (name: string) => model(prompt, (inputs[name] as [string, number])[0], needed);
  switch (class_type) {
    case "number":
      return [value];
    case "range":
      return Array.from({ length: value }, (_, i) => i + 1);
    case "add": {
      const [a, b] = [of("a"), of("b")];
      return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => (a[i] ?? a.at(-1)!) + (b[i] ?? b.at(-1)!));
    }
    case "sum":
      return [of("a").reduce((x, y) => x + y, 0)];
    case "pick":
      return of(value === 1 ? "a" : "b");
    case "wait":
      return of("a").map((x) => x * 2);
    default:
      return of("value");
  }
}

async function run(prompt: Prompt, cache: ResultCache) {
  const ran: string[] = [];
  const classes = classesOf(ran);
  const result = await execute({
    prompt,
    outputs: Object.keys(prompt).filter((id) => id.startsWith("out")),
    nodes: (name) => classes[name],
    cache,
    signal: new AbortController().signal,
    context: (all) => all,
  });
  return {
    shown: Object.fromEntries(Object.entries(result.outputs).map(([id, ui]) => [id, ui["values"]])),
    ran,
    result,
  };
}

test("the same values leave whatever is cached, and without a cache what is needed runs once", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(graph, { minLength: 1, maxLength: 3 }), async (graphs) => {
      const [classic, pressure] = [classicCache(), pressureCache()];
      for (const prompt of graphs.map((made) => promptOf(made))) {
        const needed = new Set<string>();
        const outputs = Object.keys(prompt).filter((id) => id.startsWith("out"));
        const wanted = Object.fromEntries(outputs.map((id) => [id, model(prompt, id, needed)]));
        const bare = await run(prompt, noCache);
        expect(bare.result.status).toBe("success");
        expect(bare.shown).toEqual(wanted);
        expect([...bare.ran].sort()).toEqual([...needed].sort());
        for (const cache of [classic, pressure]) {
          expect((await run(prompt, cache)).shown).toEqual(wanted);
          const again = await run(prompt, cache);
          expect(again).toMatchObject({ shown: wanted, ran: [] });
        }
      }
    }),
    { numRuns: 60, endOnFailure: true },
  );
});
