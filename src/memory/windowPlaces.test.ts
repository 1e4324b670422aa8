import { expect, test } from "vitest";
import { windowPlaces } from "./windowPlaces.ts";

const bytes = (sizes: readonly number[]) => (weight: number) => sizes[weight]!;
const places = (
  sizes: readonly number[],
  streamed: readonly (readonly number[])[],
  chunks: readonly number[],
  shape: "ring" | "sides",
) => {
  const found = windowPlaces(streamed, bytes(sizes), chunks, shape);
  return found && [...found].map(([weight, { chunk, offset }]) => `${weight}: ${chunk}@${offset}`);
};

test("a ring goes on where it was, and starts again where a weight does not fit before the end", () => {
  expect(places([40, 30, 50, 20], [[0], [1], [2], [3]], [100], "ring")).toEqual([
    "0: 0@0",
    "1: 0@40",
    "2: 0@0",
    "3: 0@50",
  ]);
});

test("sides: stages lie at the two ends by turns; one that streams nothing takes no turn", () => {
  expect(places([40, 30, 50, 20], [[0, 1], [], [2], [3]], [100], "sides")).toEqual([
    "0: 0@0",
    "1: 0@40",
    "2: 0@50",
    "3: 0@0",
  ]);
});

test("several chunks: no weight lies across two", () => {
  expect(places([40, 40, 40], [[0, 1, 2]], [70, 70, 50], "ring")).toEqual(["0: 0@0", "1: 1@0", "2: 2@0"]);
  expect(places([40, 40, 40], [[0], [1, 2]], [70, 70, 50], "sides")).toEqual(["0: 0@0", "1: 2@10", "2: 1@30"]);
});

test("a weight of two stages has one place", () => {
  expect(places([40, 30, 20], [[0, 1], [1, 2], [0]], [100], "ring")).toEqual(["0: 0@0", "1: 0@40", "2: 0@70"]);
});

test("null where weights of one stage would overlap, or one does not fit at all", () => {
  expect(places([40, 30, 40], [[0], [1, 2]], [70], "ring")).not.toBeNull();
  expect(places([40, 30, 50], [[0], [1, 2]], [75], "ring")).toBeNull();
  expect(places([40, 30, 50], [[0], [1, 2]], [80], "sides")).not.toBeNull();
  expect(places([80], [[0]], [70], "ring")).toBeNull();
  expect(places([80], [[0]], [70], "sides")).toBeNull();
  expect(places([80], [[0]], [], "ring")).toBeNull();
});
