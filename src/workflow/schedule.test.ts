import { expect, test } from "vitest";
import { Schedule } from "./schedule.ts";

/** Runs a graph of node -> sources to its end. Upper case: an output. */
function run(graph: Record<string, string[]>, outputs: string[], more: Partial<Record<string, string>> = {}) {
  const done = new Set<string>();
  const schedule = new Schedule({
    sources: (id) => graph[id] ?? [],
    has: (id) => done.has(id),
    output: (id) => id === id.toUpperCase(),
    concurrent: (id) => id.startsWith("wait"),
  });
  for (const id of outputs) schedule.add(id);
  const order: string[] = [];
  for (let id = schedule.next(); id !== undefined; id = schedule.next()) {
    order.push(id);
    const asks = more[id];
    if (asks !== undefined && !done.has(asks)) schedule.require(asks, id);
    else {
      done.add(id);
      schedule.done(id);
    }
  }
  return { order: order.join(" "), left: schedule.size, schedule };
}

test.each([
  ["a chain", { C: ["b"], b: ["a"] }, ["C"], "a b C"],
  [
    "a node's last input first, as recorded",
    { f: [], S: ["e"], e: ["b", "d"], b: ["a"], d: ["c"] },
    ["S"],
    "c d a b e S",
  ],
  [
    "what feeds an output goes before an older branch",
    { P: ["x"], Q: ["z"], z: ["y"], y: ["w"] },
    ["Q", "P"],
    "x P w y z Q",
  ],
  ["an output as soon as it can", { A: ["a"], B: ["b"], b: ["a"] }, ["A", "B"], "a A b B"],
  ["what waits outside begins first", { S: ["b", "wait1"], b: [], wait1: [] }, ["S"], "wait1 b S"],
])("%s", (_, graph, outputs, order) => {
  const result = run(graph as unknown as Record<string, string[]>, outputs);
  expect(result).toMatchObject({ order, left: 0 });
});

test("a node that asks for another one comes again after it", () => {
  expect(run({ S: ["pick"], pick: [], l: ["k"] }, ["S"], { pick: "l" })).toMatchObject({
    order: "pick k l pick S",
    left: 0,
  });
});

test("a circle is found, and what hangs on it left out", () => {
  const { order, left, schedule } = run({ S: ["a"], a: ["b"], b: ["a"] }, ["S"]);
  expect({ order, left }).toEqual({ order: "", left: 3 });
  expect([...schedule.circle()].sort()).toEqual(["a", "b"]);
});

test("what is held is not next, and is again when released", () => {
  const schedule = new Schedule({ sources: () => [], has: () => false, output: () => false, concurrent: () => false });
  schedule.add("a");
  schedule.add("b");
  schedule.hold("a");
  expect([schedule.next(), schedule.held]).toEqual(["b", 1]);
  schedule.done("b");
  expect(schedule.next()).toBeUndefined();
  schedule.release("a");
  expect([schedule.next(), schedule.held]).toEqual(["a", 0]);
});
