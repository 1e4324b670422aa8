import { describe, expect, test } from "vitest";
import { noCache } from "./caches/noCache.ts";
import { createResultCache } from "./createResultCache.ts";
import { type Execution, type ExecutionEvent, execute } from "./execute.ts";
import type { InputSpec, NodeClass, Prompt } from "./node.ts";
import type { ResultCache } from "./resultCache.ts";

const link: InputSpec = { type: "LINK", of: "NUMBER" };
const int: InputSpec = { type: "INT" };

type Numbers = Readonly<Record<"n" | "a" | "b" | "value", number>>;

/** Numbers instead of pictures: Source gives one, Add adds two, Show is an output. Each run of a node is noted. */
function world() {
  const ran: string[] = [];
  const state = { fingerprint: "f", fail: "", gate: async () => {} };
  const make = (name: string, inputs: Record<string, InputSpec>, f: (i: Numbers) => number): NodeClass => ({
    name,
    displayName: name,
    category: "test",
    inputs,
    outputs: [{ name: "NUMBER", type: "NUMBER" }],
    async execute(given, context) {
      ran.push(`${name}#${context.nodeId}`);
      await state.gate();
      if (state.fail === context.nodeId) throw new Error(`${name} broke`);
      context.progress(1, 2);
      return { outputs: [f(given as Numbers)] };
    },
  });
  const show: NodeClass = {
    ...make("Show", { value: link }, ({ value }) => value),
    outputNode: true,
    async execute({ value }, context) {
      ran.push(`Show#${context.nodeId}`);
      return { outputs: [value], ui: { text: [value] } };
    },
  };
  const classes: Record<string, NodeClass> = {
    Source: make("Source", { n: int }, ({ n }) => n),
    Add: make("Add", { a: link, b: link }, ({ a, b }) => a + b),
    File: { ...make("File", {}, () => 7), fingerprint: async () => state.fingerprint },
    Show: show,
  };
  return { classes, ran, state };
}

async function go(
  { classes }: ReturnType<typeof world>,
  prompt: Prompt,
  cache: ResultCache,
  outputs = Object.keys(prompt).filter((id) => prompt[id]!.class_type === "Show"),
  controller = new AbortController(),
): Promise<{ result: Execution; events: string[] }> {
  const events: string[] = [];
  const note = (event: ExecutionEvent) => {
    if (event.kind === "executing") events.push(`executing ${event.node}`);
    else if (event.kind === "executed") events.push(`executed ${event.node} ${JSON.stringify(event.ui)}`);
    else if (event.kind === "execution_cached") events.push(`cached ${event.nodes.join()}`);
    else if (event.kind === "progress") events.push(`progress ${event.node} ${event.value}/${event.max}`);
  };
  const result = await execute({
    prompt,
    outputs,
    nodes: (name) => classes[name],
    cache,
    signal: controller.signal,
    context: (base) => base,
    onEvent: note,
  });
  return { result, events };
}

const n = (class_type: string, inputs: Record<string, unknown>) => ({ class_type, inputs });
const sum: Prompt = {
  "1": n("Source", { n: 1 }),
  "2": n("Source", { n: 2 }),
  "3": n("Add", { a: ["1", 0], b: ["2", 0] }),
  "4": n("Show", { value: ["3", 0] }),
  "9": n("Source", { n: 9 }),
};

describe("execute", () => {
  test("runs what the outputs need, sources first, and says so", async () => {
    const w = world();
    const { result, events } = await go(w, sum, createResultCache());
    expect(result).toEqual({ status: "success", outputs: { "4": { text: [3] } }, executed: ["2", "1", "3", "4"] });
    expect(events).toEqual([
      "cached ",
      "executing 2",
      "progress 2 1/2",
      "executing 1",
      "progress 1 1/2",
      "executing 3",
      "progress 3 1/2",
      "executing 4",
      'executed 4 {"text":[3]}',
    ]);
  });

  test("the same again runs nothing and repeats what was shown, also under other ids, titles and input order", async () => {
    const w = world();
    const cache = createResultCache();
    await go(w, sum, cache);
    w.ran.length = 0;
    const renamed: Prompt = {
      d: { ...n("Show", { value: ["c", 0], undeclared: 5 }), _meta: { title: "other" } },
      c: n("Add", { b: ["b", 0], a: ["a", 0] }),
      b: n("Source", { n: 2 }),
      a: n("Source", { n: 1 }),
    };
    const { result, events } = await go(w, renamed, cache);
    expect(w.ran).toEqual([]);
    expect(result).toMatchObject({ status: "success", outputs: { d: { text: [3] } }, executed: [] });
    expect(events[0]!.replace("cached ", "").split(",").sort()).toEqual(["a", "b", "c", "d"]);
    expect(events.slice(1)).toEqual(['executed d {"text":[3]}']);
  });

  test("a change runs what is downstream of it only", async () => {
    const w = world();
    const cache = createResultCache();
    await go(w, sum, cache);
    w.ran.length = 0;
    await go(w, { ...sum, "2": n("Source", { n: 5 }) }, cache);
    expect(w.ran).toEqual(["Source#2", "Add#3", "Show#4"]);
  });

  test("swapped links are another key, although the same nodes are above", async () => {
    const w = world();
    const cache = createResultCache();
    await go(w, sum, cache);
    w.ran.length = 0;
    await go(w, { ...sum, "3": n("Add", { a: ["2", 0], b: ["1", 0] }) }, cache);
    expect(w.ran).toEqual(["Add#3", "Show#4"]);
  });

  test("keeps one prompt's results: what a prompt in between did not name is gone", async () => {
    const w = world();
    const cache = createResultCache();
    await go(w, sum, cache);
    await go(w, { "1": n("Source", { n: 8 }), "2": n("Show", { value: ["1", 0] }) }, cache);
    w.ran.length = 0;
    await go(w, sum, cache);
    expect(w.ran).toEqual(["Source#2", "Source#1", "Add#3", "Show#4"]);
  });

  test("a fingerprint that changed runs the node again, one that did not does not", async () => {
    const w = world();
    const cache = createResultCache();
    const prompt = { "1": n("File", {}), "2": n("Show", { value: ["1", 0] }) };
    await go(w, prompt, cache);
    w.ran.length = 0;
    await go(w, prompt, cache);
    expect(w.ran).toEqual([]);
    w.state.fingerprint = "g";
    await go(w, prompt, cache);
    expect(w.ran).toEqual(["File#1", "Show#2"]);
  });

  test("of two equal nodes one runs, the other sends executed with null", async () => {
    const w = world();
    const prompt = {
      "1": n("Source", { n: 4 }),
      "2": n("Source", { n: 4 }),
      "3": n("Add", { a: ["1", 0], b: ["2", 0] }),
      "4": n("Show", { value: ["3", 0] }),
    };
    const { result, events } = await go(w, prompt, createResultCache());
    expect(w.ran).toEqual(["Source#2", "Add#3", "Show#4"]);
    expect(events).toContain("executed 1 null");
    expect(result.outputs).toEqual({ "4": { text: [8] } });
  });

  test("only the outputs asked for", async () => {
    const w = world();
    const prompt = { ...sum, "5": n("Show", { value: ["1", 0] }) };
    await go(w, prompt, createResultCache(), ["5"]);
    expect(w.ran).toEqual(["Source#1", "Show#5"]);
  });

  test("an error names node and class, keeps earlier outputs, and the cache stays sound", async () => {
    const w = world();
    const cache = createResultCache();
    const prompt = { "0": n("Show", { value: ["1", 0] }), ...sum };
    w.state.fail = "3";
    const { result } = await go(w, prompt, cache);
    expect(result).toMatchObject({ status: "error", node: "3", classType: "Add", outputs: { "0": { text: [1] } } });
    expect(result.status === "error" && result.error).toEqual(new Error("Add broke"));
    w.state.fail = "";
    w.ran.length = 0;
    expect((await go(w, prompt, cache)).result.status).toBe("success");
    expect(w.ran).toEqual(["Add#3", "Show#4"]);
  });

  test("the signal stops before the next node, and within one that gives up", async () => {
    const w = world();
    const controller = new AbortController();
    w.state.gate = async () => {
      if (w.ran.length === 2) controller.abort();
    };
    const { result } = await go(w, sum, createResultCache(), ["4"], controller);
    expect(result).toMatchObject({ status: "interrupted", node: "3", executed: ["2", "1"] });
    expect(w.ran).toEqual(["Source#2", "Source#1"]);

    const second = world();
    const other = new AbortController();
    second.state.gate = async () => {
      other.abort();
      other.signal.throwIfAborted();
    };
    const stopped = await go(second, sum, createResultCache(), ["4"], other);
    expect(stopped.result).toMatchObject({ status: "interrupted", node: "2", executed: [] });
  });

  test("a chain as long as a prompt may be", async () => {
    const w = world();
    const prompt: Record<string, Prompt[string]> = { "0": n("Source", { n: 0 }) };
    for (let i = 1; i <= 1500; i++) prompt[i] = n("Add", { a: [String(i - 1), 0], b: ["0", 0] });
    prompt["end"] = n("Show", { value: ["1500", 0] });
    const { result } = await go(w, prompt, createResultCache());
    expect(result.outputs).toEqual({ end: { text: [0] } });
  });
});

describe("lazy inputs", () => {
  const lazy = (n: number): Prompt => ({
    a: { class_type: "Source", inputs: { n: 3 } },
    b: { class_type: "Add", inputs: { a: ["a", 0], b: ["a", 0] } },
    c: { class_type: "Source", inputs: { n: 5 } },
    which: { class_type: "Source", inputs: { n } },
    pick: { class_type: "Pick", inputs: { which: ["which", 0], zero: ["b", 0], other: ["c", 0] } },
    show: { class_type: "Show", inputs: { value: ["pick", 0] } },
  });
  const lazyWorld = () => {
    const made = world();
    const pick: NodeClass = {
      ...made.classes["Add"]!,
      name: "Pick",
      inputs: { which: link, zero: { ...link, lazy: true }, other: { ...link, lazy: true } },
      checkLazyStatus: ({ which }) => [which === 0 ? "zero" : "other"],
      async execute({ which, zero, other }, context) {
        made.ran.push(`Pick#${context.nodeId}`);
        return { outputs: [which === 0 ? zero : other] };
      },
    };
    return { ...made, classes: { ...made.classes, Pick: pick } };
  };

  test("only what is asked for runs; the node is announced again when it is there", async () => {
    const made = lazyWorld();
    const { events } = await go(made, lazy(0), createResultCache());
    expect(made.ran).toEqual(["Source#which", "Source#a", "Add#b", "Pick#pick", "Show#show"]);
    expect(events.filter((event) => event.startsWith("executing"))).toEqual([
      "executing which",
      "executing pick",
      "executing a",
      "executing b",
      "executing pick",
      "executing show",
    ]);
  });

  test("the branch that was not chosen runs when it is chosen, and the other comes from the cache", async () => {
    const made = lazyWorld();
    const cache = createResultCache();
    await go(made, lazy(1), cache);
    expect(made.ran).not.toContain("Add#b");
    made.ran.length = 0;
    const { result, events } = await go(made, lazy(0), cache);
    expect(made.ran).toEqual(["Source#which", "Source#a", "Add#b", "Pick#pick", "Show#show"]);
    expect(events).toContain("cached c");
    expect(result.outputs["show"]).toEqual({ text: [6] });
  });

  test("what a branch not chosen shares with an output that runs later is there", async () => {
    const made = lazyWorld();
    const prompt = { ...lazy(1), late: { class_type: "Show", inputs: { value: ["b", 0] } } };
    const { result } = await go(made, prompt, noCache);
    expect(result.outputs).toEqual({ show: { text: [5] }, late: { text: [6] } });
    expect(made.ran.filter((name) => name === "Source#a")).toHaveLength(1);
  });
});
