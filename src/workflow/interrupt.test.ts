import { expect, test } from "vitest";
import { createResultCache } from "./createResultCache.ts";
import { execute } from "./execute.ts";
import type { NodeClass, Prompt } from "./node.ts";

test("an interrupt that the event loop brings is seen between nodes that never wait", async () => {
  const stop = new AbortController();
  const ran: string[] = [];
  const add: NodeClass = {
    name: "Add",
    displayName: "Add",
    category: "test",
    inputs: { value: { type: "LINK", of: "NUMBER", optional: true } },
    outputs: [{ name: "NUMBER", type: "NUMBER" }],
    outputNode: true,
    async execute({ value = 0 }, { nodeId }) {
      ran.push(nodeId);
      // As a message from another process comes: with a turn of the loop.
      if (nodeId === "3") setImmediate(() => stop.abort());
      return { outputs: [(value as number) + 1] };
    },
  };
  const prompt: Prompt = Object.fromEntries(
    Array.from({ length: 50 }, (_, n) => [
      String(n + 1),
      { class_type: "Add", inputs: n === 0 ? {} : { value: [String(n), 0] } },
    ]),
  );
  const result = await execute({
    prompt,
    outputs: ["50"],
    nodes: () => add,
    cache: createResultCache({ kind: "classic" }),
    signal: stop.signal,
    context: (base) => base,
  });
  expect(result).toMatchObject({ status: "interrupted", executed: ["1", "2", "3"] });
  expect(ran).toEqual(["1", "2", "3"]);
});
