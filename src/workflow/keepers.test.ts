import { expect, test } from "vitest";
import { Keepers } from "./keepers.ts";

/** Node -> every node it may take from; `there` have results. Returns what is let go at each step. */
function keepers(graph: Record<string, string>, there: Set<string> = new Set()) {
  let dropped: string[] = [];
  const kept = new Keepers({
    sources: (id) => (graph[id] ?? "").split(""),
    has: (id) => there.has(id),
    drop: (id) => void dropped.push(id),
  });
  const over = (id: string) => {
    dropped = [];
    kept.leave(id);
    return dropped.sort().join("");
  };
  return { kept, over };
}

test("a result goes with its last reader", () => {
  const { kept, over } = keepers({ S: "bc", b: "a", c: "a" });
  kept.enter("S", null);
  expect([over("a"), over("b"), over("c"), over("S")]).toEqual(["", "", "a", "Sbc"]);
});

test("a branch that was not chosen goes when the node that might have chosen it is over, up to what others need", () => {
  const { kept, over } = keepers({ S: "p", p: "wxy", x: "a", y: "d", d: "ae", T: "e" });
  kept.enter("S", null);
  kept.enter("T", null);
  expect([over("w"), over("a"), over("x")]).toEqual(["", "", ""]);
  expect(over("p")).toBe("adwxy");
  expect(kept.wanted("e")).toBe(true);
  expect([over("e"), over("T"), over("S")]).toEqual(["", "Te", "Sp"]);
});

test("nothing above a result that is there is kept for its sake", () => {
  const { kept } = keepers({ S: "b", b: "a" }, new Set("b"));
  kept.enter("S", null);
  expect(["a", "b"].map((id) => kept.wanted(id))).toEqual([false, true]);
});

test("an output that others read stays until they are over", () => {
  const { kept, over } = keepers({ S: "a", T: "S" });
  kept.enter("S", null);
  kept.enter("T", null);
  expect([over("a"), over("S"), over("T")]).toEqual(["", "a", "ST"]);
});

test("an expansion's nodes are kept for the node that they stand for", () => {
  const graph: Record<string, string> = { S: "p", p: "a" };
  const { kept, over } = keepers(graph);
  kept.enter("S", null);
  graph["x"] = "a";
  graph["p"] = "ax";
  kept.enter("x", "p");
  expect([over("x"), over("p"), over("S")]).toEqual(["", "ax", "Sp"]);
});
