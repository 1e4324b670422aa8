import { describe, expect, test } from "vitest";
import { noCache } from "./caches/noCache.ts";
import { createResultCache } from "./createResultCache.ts";
import { type Execution, type ExecutionEvent, execute } from "./execute.ts";
import type { InputSpec, NodeClass, NodeContext, NodeResult, Prompt } from "./node.ts";
import type { ResultCache } from "./resultCache.ts";

/** ComfyUI's semantics beyond a value per link: lists, blocked values, expansions, nodes that wait, hidden inputs. */
const any: InputSpec = { type: "LINK", of: "*" };
const int: InputSpec = { type: "INT" };
type Run = (
  inputs: Readonly<Record<string, unknown>>,
  context: NodeContext,
) => Partial<NodeResult> | Promise<Partial<NodeResult>>;

const ran: string[] = [];
function make(name: string, inputs: Record<string, InputSpec>, run: Run, more: Partial<NodeClass> = {}): NodeClass {
  return {
    name,
    displayName: name,
    category: "test",
    inputs,
    outputs: [{ name: "X", type: "X" }],
    ...more,
    async execute(given, context) {
      ran.push(`${name}#${context.nodeId}`);
      return { outputs: [], ...(await run(given, context)) };
    },
  };
}

const list = { outputs: [{ name: "X", type: "X", isList: true }] };
const gates = new Map<string, () => void>();
const classes: Record<string, NodeClass> = Object.fromEntries(
  [
    make("Number", { n: int }, ({ n }) => ({ outputs: [n] })),
    make("Range", { n: int }, ({ n }) => ({ outputs: [Array.from({ length: Number(n) }, (_, i) => i + 1)] }), list),
    make("Add", { a: any, b: any }, ({ a, b }) => ({ outputs: [Number(a) + Number(b)] })),
    make("Sum", { all: any, n: int }, ({ all, n }) => ({ outputs: [`${JSON.stringify(all)} ${JSON.stringify(n)}`] }), {
      inputIsList: true,
    }),
    make("Twice", { a: any }, ({ a }) => ({ outputs: [[a, a]] }), list),
    make("NoList", { a: any }, ({ a }) => ({ outputs: [a] }), list),
    make("Wrong", {}, () => ({ outputs: [1, 2] })),
    make("Show", { value: any }, ({ value }) => ({ outputs: [value], ui: { text: [value], last: value } }), {
      outputNode: true,
    }),
    make("Block", { value: any, at: int }, ({ value, at }, { block }) => ({
      outputs: [value === at ? block!(`no ${value}`) : value],
    })),
    make("BlockAll", {}, (_, { block }) => ({ outputs: [], blocked: block!() })),
    make("Hidden", { a: any }, (given) => ({ outputs: [given] }), {
      hidden: { id: "UNIQUE_ID", prompt: "PROMPT", png: "EXTRA_PNGINFO", dyn: "DYNPROMPT" },
    }),
    make("Random", {}, () => ({ outputs: [Math.random()] }), { notIdempotent: true }),
    make(
      "Wait",
      { a: int },
      ({ a }, { nodeId, run, signal }) =>
        new Promise((resolve, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason));
          gates.set(`${nodeId}/${run}`, () => (a === 13 ? reject(new Error("unlucky")) : resolve({ outputs: [a] })));
        }),
      { concurrent: true },
    ),
    make(
      "Pick",
      { which: any, x: { ...any, lazy: true }, y: { ...any, lazy: true } },
      ({ which, x, y }) => ({
        outputs: [which === 1 ? x : y],
      }),
      { checkLazyStatus: async ({ which }) => [which === 1 ? "x" : "y"] },
    ),
    // Power by multiplication that the graph does: base^n as nested expansions.
    make("Power", { base: any, n: int }, ({ base, n }, { graph }) => {
      if (n === 0) return { outputs: [1] };
      const g = graph!();
      const rest = g.node("Power", { base, n: Number(n) - 1 });
      const product = g.node("Times", { a: rest.out(0), b: base });
      return { outputs: [product.out(0)], expand: g.finalize() };
    }),
    make("Times", { a: any, b: any }, ({ a, b }) => ({ outputs: [Number(a) * Number(b)] })),
    make("Preview", { value: any }, ({ value }, { graph }) => {
      const g = graph!();
      const shown = g.node("Show", { value }, { id: "seen" });
      return { outputs: [shown.out(0)], expand: g.finalize() };
    }),
    make("Raw", { expansion: any }, ({ expansion }) => expansion as NodeResult),
  ].map((node) => [node.name, node]),
);

const n = (class_type: string, inputs: Record<string, unknown> = {}) => ({ class_type, inputs });
async function go(
  prompt: Prompt,
  options: { cache?: ResultCache; signal?: AbortSignal; see?: (e: ExecutionEvent) => void } = {},
) {
  ran.length = 0;
  const events: ExecutionEvent[] = [];
  const result: Execution = await execute({
    prompt,
    outputs: Object.keys(prompt).filter((id) => classes[prompt[id]!.class_type]!.outputNode === true),
    nodes: (name) => classes[name],
    cache: options.cache ?? createResultCache(),
    extraPngInfo: { workflow: 1 },
    signal: options.signal ?? new AbortController().signal,
    context: (base) => base,
    onEvent: (event) => {
      events.push(event);
      options.see?.(event);
    },
    now: () => 7,
  });
  return { result, events, shown: result.outputs["show"]?.["text"] };
}
const kinds = (events: readonly ExecutionEvent[]) =>
  events.flatMap((event) =>
    "node" in event ? [`${event.kind === "progress_state" ? event.state : event.kind} ${event.node}`] : [],
  );

describe("lists", () => {
  test("a node runs for each item, and what it shows is joined", async () => {
    const { shown, result } = await go({ r: n("Range", { n: 3 }), show: n("Show", { value: ["r", 0] }) });
    expect(shown).toEqual([1, 2, 3]);
    expect(result.outputs["show"]).toEqual({ text: [1, 2, 3], last: 3 });
    expect(ran).toEqual(["Range#r", "Show#show", "Show#show", "Show#show"]);
  });

  test("the shorter list repeats its last item, a single value is repeated", async () => {
    const prompt = {
      three: n("Range", { n: 3 }),
      two: n("Range", { n: 2 }),
      ten: n("Number", { n: 10 }),
      sum: n("Add", { a: ["three", 0], b: ["two", 0] }),
      more: n("Add", { a: ["sum", 0], b: ["ten", 0] }),
      show: n("Show", { value: ["more", 0] }),
    };
    expect((await go(prompt)).shown).toEqual([12, 14, 15]);
  });

  test("a node that takes lists runs once and gets every input as one", async () => {
    const prompt = {
      r: n("Range", { n: 3 }),
      sum: n("Sum", { all: ["r", 0], n: 5 }),
      show: n("Show", { value: ["sum", 0] }),
    };
    expect((await go(prompt)).shown).toEqual(["[1,2,3] [5]"]);
  });

  test("lists of the runs of a node that makes lists are joined", async () => {
    const prompt = { r: n("Range", { n: 2 }), t: n("Twice", { a: ["r", 0] }), show: n("Show", { value: ["t", 0] }) };
    expect((await go(prompt)).shown).toEqual([1, 1, 2, 2]);
  });

  test.each([
    ["an empty list", n("Range", { n: 0 }), "empty-list", '"value" is linked to a list with nothing in it'],
    ["no list where one is declared", n("NoList", { a: 5 }), "bad-node", 'NoList declares "X" as a list and gave none'],
    ["too many outputs", n("Wrong"), "bad-node", "Wrong gave 2 outputs and declares 1"],
  ])("%s is an error", async (_, source, code, message) => {
    const { result } = await go({ s: source, show: n("Show", { value: ["s", 0] }) });
    expect(result).toMatchObject({ status: "error", error: { code } });
    expect(result.status === "error" && (result.error as Error).message).toContain(message);
  });

  test("a lazy input is asked for once for all items", async () => {
    const prompt = {
      r: n("Range", { n: 2 }),
      x: n("Number", { n: 5 }),
      y: n("Range", { n: 2 }),
      pick: n("Pick", { which: ["r", 0], x: ["x", 0], y: ["y", 0] }),
      show: n("Show", { value: ["pick", 0] }),
    };
    const { shown, events } = await go(prompt);
    expect(shown).toEqual([5, 2]);
    expect(kinds(events).filter((kind) => kind === "executing pick")).toHaveLength(2);
  });
});

test("a lazy input that is not asked for is not there, also where its value is", async () => {
  const prompt = {
    first: n("Show", { value: ["y", 0] }),
    one: n("Number", { n: 1 }),
    x: n("Number", { n: 5 }),
    y: n("Range", { n: 3 }),
    pick: n("Pick", { which: ["one", 0], x: ["x", 0], y: ["y", 0] }),
    show: n("Show", { value: ["pick", 0] }),
  };
  const cache = createResultCache();
  expect((await go(prompt, { cache })).shown).toEqual([5]);
  const again = { ...prompt, one: n("Add", { a: 0, b: 1 }) };
  expect((await go(again, { cache })).shown).toEqual([5]);
});

describe("blocked values", () => {
  test("what takes one does not run, says the message once, and the prompt goes on", async () => {
    const prompt = {
      r: n("Range", { n: 3 }),
      b: n("Block", { value: ["r", 0], at: 2 }),
      sum: n("Add", { a: ["b", 0], b: 10 }),
      show: n("Show", { value: ["sum", 0] }),
    };
    const { shown, result, events } = await go(prompt);
    expect(result.status).toBe("success");
    expect(shown).toEqual([11, 13]);
    expect(events.filter(({ kind }) => kind === "execution_blocked")).toEqual([
      { kind: "execution_blocked", node: "sum", classType: "Add", message: "no 2", executed: ["r", "b"], timestamp: 7 },
    ]);
  });

  test("all outputs at once, without a word; nodes that take lists too", async () => {
    const prompt = {
      b: n("BlockAll"),
      sum: n("Sum", { all: ["b", 0], n: 1 }),
      show: n("Show", { value: ["sum", 0] }),
      other: n("Show", { value: 5 }),
    };
    const { result, events } = await go(prompt);
    expect(result).toMatchObject({ status: "success", outputs: { other: { text: [5] } } });
    expect(result.outputs).not.toHaveProperty("show");
    expect(ran).toEqual(["Show#other", "BlockAll#b"]);
    expect(kinds(events)).toContain("finished show");
    expect(events.some(({ kind }) => kind === "execution_blocked")).toBe(false);
  });
});

describe("expansion", () => {
  test("nodes run in its place, nested, under ids made of its own", async () => {
    const prompt = { p: n("Power", { base: 3, n: 2 }), show: n("Show", { value: ["p", 0] }) };
    const { shown, events } = await go(prompt);
    expect(shown).toEqual([9]);
    expect(ran).toEqual([
      "Power#p",
      "Power#p.0.0.1",
      "Power#p.0.0.1.0.0.1",
      "Times#p.0.0.1.0.0.2",
      "Times#p.0.0.2",
      "Show#show",
    ]);
    expect(kinds(events).filter((kind) => kind.endsWith(" p"))).toEqual(["running p", "executing p", "finished p"]);
    expect(events.find((event) => event.kind === "executing" && event.node === "p.0.0.1.0.0.2")).toEqual({
      kind: "executing",
      classType: "Times",
      node: "p.0.0.1.0.0.2",
      expanded: { displayNode: "p", parentNode: "p.0.0.1", realNode: "p" },
    });
  });

  test("what its nodes show is shown, and shown again when its result is found under another id", async () => {
    const cache = createResultCache();
    const first = await go({ v: n("Preview", { value: 4 }), show: n("Show", { value: ["v", 0] }) }, { cache });
    expect(first.result.outputs).toMatchObject({ "v.0.0.seen": { text: [4] }, show: { text: [4] } });
    const again = await go(
      { w: n("Preview", { value: 4 }), show: n("Show", { value: ["w", 0] }), more: n("Show", { value: 1 }) },
      { cache },
    );
    expect(ran).toEqual(["Show#more"]);
    expect(again.result.outputs).toMatchObject({ show: { text: [4] } });
    const both = await go(
      { w: n("Preview", { value: 4 }), late: n("Show", { value: ["t", 0] }), t: n("Add", { a: ["w", 0], b: 1 }) },
      { cache },
    );
    expect(ran).toEqual(["Add#t", "Show#late"]);
    expect(both.events).toContainEqual({
      kind: "executed",
      node: "w.0.0.seen",
      expanded: { displayNode: "w", parentNode: "w", realNode: "w" },
      ui: { text: [4], last: 4 },
    });
    expect(both.result.outputs).toMatchObject({ "w.0.0.seen": { text: [4] } });
  });

  test("a changed node expands again, and of the nodes it makes those that are the same are found", async () => {
    const cache = createResultCache();
    const power = (count: number) => ({ p: n("Power", { base: 2, n: count }), show: n("Show", { value: ["p", 0] }) });
    await go(power(3), { cache });
    expect((await go(power(4), { cache })).shown).toEqual([16]);
    expect(ran).toEqual(["Power#p", "Power#p.0.0.1", "Times#p.0.0.2", "Show#show"]);
    expect((await go(power(5), { cache: noCache })).shown).toEqual([32]);
  });

  test("over a list each run has its own", async () => {
    const prompt = {
      r: n("Range", { n: 3 }),
      p: n("Power", { base: ["r", 0], n: 2 }),
      show: n("Show", { value: ["p", 0] }),
    };
    expect((await go(prompt)).shown).toEqual([1, 4, 9]);
    expect(ran).toContain("Times#p.2.0.2");
  });

  test.each([
    ["an id that is taken", { show: n("Number", { n: 1 }) }, [1], "node id show is taken"],
    ["an unknown class", { x: n("Nope") }, [1], 'node x: there is no node class "Nope" here'],
    ["a missing input", { x: n("Number") }, [1], 'node x (Number): "n" is missing'],
    ["a link to nothing", { x: n("Add", { a: ["y", 0], b: 1 }) }, [1], '"a" is linked to node y, which is not there'],
    ["a link to no output", { x: n("Number", { n: 1 }) }, [["x", 4]], "output 0 is linked to output 4 of node x"],
    ["a circle", { x: n("Add", { a: ["x", 0], b: 1 }) }, [["x", 0]], "its links go in a circle: x (Add) -> x (Add)"],
    ["too few outputs", { x: n("Number", { n: 1 }) }, [], "Raw gave 0 outputs and declares 1"],
  ])("%s is an error", async (_, expand, outputs, message) => {
    const { result } = await go({
      raw: n("Raw", { expansion: { expand, outputs } }),
      show: n("Show", { value: ["raw", 0] }),
    });
    expect(result).toMatchObject({ status: "error", error: { code: "bad-expansion" } });
    expect(result.status === "error" && (result.error as Error).message).toContain(message);
  });

  test("nodes of an expansion may take from any node of the prompt, also one whose results are gone", async () => {
    const expand = { "raw.1": n("Add", { a: ["first", 0], b: 1 }) };
    const prompt = {
      first: n("Number", { n: 41 }),
      raw: n("Raw", { expansion: { expand, outputs: [["raw.1", 0]] } }),
      early: n("Show", { value: ["first", 0] }),
      show: n("Show", { value: ["raw", 0] }),
    };
    expect((await go(prompt, { cache: noCache })).shown).toEqual([42]);
  });
});

describe("nodes that wait", () => {
  const prompt = {
    a: n("Wait", { a: 1 }),
    b: n("Wait", { a: 2 }),
    quick: n("Show", { value: ["c", 0] }),
    c: n("Number", { n: 3 }),
    sum: n("Add", { a: ["a", 0], b: ["b", 0] }),
    show: n("Show", { value: ["sum", 0] }),
  };
  const open = (name: string) => {
    const gate = gates.get(name)!;
    gates.delete(name);
    gate();
  };

  test("wait together, while others run", async () => {
    const { shown, events } = await go(prompt, {
      see: (event) => {
        if (event.kind === "executed" && event.node === "quick")
          setTimeout(() => [...gates.keys()].reverse().forEach(open));
      },
    });
    expect(shown).toEqual([3]);
    expect(ran).toEqual(["Wait#b", "Wait#a", "Number#c", "Show#quick", "Add#sum", "Show#show"]);
    const order = kinds(events);
    expect(order.indexOf("finished quick")).toBeLessThan(order.indexOf("finished a"));
    expect(order.filter((kind) => kind === "executing a")).toHaveLength(1);
  });

  test.each([0, 1, 2, 3, 4, 5, 6])("one that is there after %i turns of the loop is not missed", async (turns) => {
    const waits = { w: n("Wait", { a: 4 }), show: n("Show", { value: ["w", 0] }) };
    const running = go(waits);
    while (gates.size < 1) await new Promise((turn) => setImmediate(turn));
    for (let i = 0; i < turns; i++) await new Promise((turn) => setImmediate(turn));
    open("w/0");
    expect(await running).toMatchObject({ shown: [4] });
  });

  test("all items of a list wait together", async () => {
    const over = { r: n("Range", { n: 3 }), w: n("Wait", { a: ["r", 0] }), show: n("Show", { value: ["w", 0] }) };
    const running = go(over);
    while (gates.size < 3) await new Promise((turn) => setImmediate(turn));
    [...gates.keys()].reverse().forEach(open);
    expect((await running).shown).toEqual([1, 2, 3]);
  });

  test("one that fails ends the prompt, and the others are told to stop", async () => {
    const bad = { ...prompt, b: n("Wait", { a: 13 }) };
    const running = go(bad);
    while (gates.size < 2) await new Promise((turn) => setImmediate(turn));
    open("b/0");
    expect((await running).result).toMatchObject({ status: "error", node: "b", classType: "Wait" });
    gates.clear();
  });

  test("an interrupt does not wait for them", async () => {
    const controller = new AbortController();
    const running = go(prompt, { signal: controller.signal });
    while (gates.size < 2 || !ran.includes("Show#quick")) await new Promise((turn) => setImmediate(turn));
    controller.abort();
    expect((await running).result).toMatchObject({ status: "interrupted", outputs: { quick: { text: [3] } } });
    gates.clear();
  });
});

describe("hidden inputs", () => {
  test("stand among the others, and the id is part of the key", async () => {
    const cache = createResultCache();
    const prompt = (id: string) => ({ [id]: n("Hidden", { a: 1 }), show: n("Show", { value: [id, 0] }) });
    const { shown } = await go(prompt("h"), { cache });
    expect(shown).toMatchObject([{ a: 1, id: "h", prompt: prompt("h"), png: { workflow: 1 } }]);
    const [given] = shown as [{ dyn: { ids(): string[] } }];
    expect(given.dyn.ids()).toEqual(["h", "show"]);
    await go(prompt("h"), { cache });
    expect(ran).toEqual([]);
    await go(prompt("other"), { cache });
    expect(ran).toEqual(["Hidden#other", "Show#show"]);
  });

  test("of two nodes that are not idempotent both run, and each is found again under its id", async () => {
    const cache = createResultCache();
    const prompt = {
      a: n("Random"),
      b: n("Random"),
      s: n("Add", { a: ["a", 0], b: ["b", 0] }),
      show: n("Show", { value: ["s", 0] }),
    };
    await go(prompt, { cache });
    expect(ran).toEqual(["Random#b", "Random#a", "Add#s", "Show#show"]);
    await go(prompt, { cache });
    expect(ran).toEqual([]);
  });
});

test("a wide prompt: a thousand nodes that are ready at once", async () => {
  const prompt: Record<string, Prompt[string]> = {};
  for (let i = 0; i < 500; i++) {
    prompt[`n${i}`] = n("Number", { n: i });
    prompt[`s${i}`] = n("Show", { value: [`n${i}`, 0] });
  }
  const { result } = await go(prompt);
  expect(result.executed).toHaveLength(1000);
});
