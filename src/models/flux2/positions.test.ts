import { expect, test } from "vitest";
import { positions } from "./positions.ts";
import type { ReferenceMethod } from "./shape.ts";

const rows = (referenceMethod: ReferenceMethod, from: number) => {
  const references = [
    { height: 1, width: 2 },
    { height: 2, width: 1 },
  ];
  const at = positions({ batch: 1, height: 2, width: 2, textTokens: 2, references, referenceMethod });
  return Array.from({ length: at.length / 4 - from }, (_, t) =>
    [...at.subarray(4 * (t + from), 4 * (t + from + 1))].join(" "),
  );
};

test("text counts on the last axis, the picture on the two in the middle", () =>
  expect(rows("index", 0).slice(0, 6)).toEqual(["0 0 0 0", "0 0 0 1", "0 0 0 0", "0 0 1 0", "0 1 0 0", "0 1 1 0"]));

test.each<[ReferenceMethod, string[]]>([
  ["index", ["10 0 0 0", "10 0 1 0", "20 0 0 0", "20 1 0 0"]],
  ["index_timestep_zero", ["10 0 0 0", "10 0 1 0", "20 0 0 0", "20 1 0 0"]],
  // The second one makes the pile 3 high below the first, 3 wide beside it: below, as neither is smaller.
  ["offset", ["1 0 0 0", "1 0 1 0", "1 1 0 0", "1 2 0 0"]],
  ["uxo", ["0 2 2 0", "0 2 3 0", "0 3 4 0", "0 4 4 0"]],
])("references by %s", (method, want) => expect(rows(method, 6)).toEqual(want));
