import fc from "fast-check";
import { expect, test } from "vitest";
import { filterRow } from "./filterRow.ts";
import { unfilterRow } from "./unfilterRow.ts";

test("what is filtered comes back", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 4 }), fc.nat(9), fc.infiniteStream(fc.nat(255)), (step, pixels, values) => {
      const take = (): Uint8Array => Uint8Array.from({ length: pixels * step }, () => values.next().value as number);
      const [row, above] = [take(), take()];
      const filtered = new Uint8Array(row.length);
      const filter = filterRow(row, above, step, filtered);
      unfilterRow(filter, filtered, above, step);
      expect(filtered).toEqual(row);
    }),
    { numRuns: 1000 },
  );
});

test.each([
  [1, "rows that rise from left to right", [1, 2, 3, 4, 5, 6], [9, 200, 9, 200, 9, 200]],
  [2, "rows that repeat", [9, 200, 9, 200, 9, 200], [9, 200, 9, 200, 9, 200]],
  [3, "the mean of left and above", [50, 75, 87, 93, 96, 98], [100, 100, 100, 100, 100, 100]],
  [4, "an edge", [100, 100, 100, 0, 0, 0], [101, 101, 101, 1, 1, 1]],
])("filter %i for %s", (want, _, row, above) => {
  const into = new Uint8Array(row.length);
  expect(filterRow(Uint8Array.from(row), Uint8Array.from(above), 1, into)).toBe(want);
});
