import fc from "fast-check";
import { expect, test } from "vitest";
import { coverMultiple } from "./coverMultiple.ts";

test.each([
  [100, 60, 16, { width: 96, height: 58 }, { x: 0, y: 5, width: 96, height: 48 }],
  [60, 100, 16, { width: 58, height: 96 }, { x: 5, y: 0, width: 48, height: 96 }],
])("%i x %i in steps of %i", (width, height, multiple, scaled, window) =>
  expect(coverMultiple({ width, height }, multiple)).toEqual({ scaled, window }),
);

test.each([
  [64, 32, 16],
  [15, 100, 16],
  [7, 9, 1],
])("%i x %i in steps of %i stays", (width, height, multiple) =>
  expect(coverMultiple({ width, height }, multiple)).toBeNull(),
);

test("what is cut lies inside of what is scaled, and no side is more than a pixel larger than it must be", () => {
  const side = fc.integer({ min: 1, max: 3000 });
  fc.assert(
    fc.property(side, side, fc.integer({ min: 1, max: 200 }), (width, height, multiple) => {
      const found = coverMultiple({ width, height }, multiple);
      if (found === null) return;
      const { scaled, window } = found;
      expect(window.width % multiple).toBe(0);
      expect(window.height % multiple).toBe(0);
      expect(window.x).toBeGreaterThanOrEqual(0);
      expect(window.y).toBeGreaterThanOrEqual(0);
      expect(window.x + window.width).toBeLessThanOrEqual(scaled.width);
      expect(window.y + window.height).toBeLessThanOrEqual(scaled.height);
      expect(scaled.width === window.width || scaled.height === window.height).toBe(true);
      expect(Math.abs(scaled.width / width - scaled.height / height)).toBeLessThan(1.01 / Math.min(width, height));
    }),
  );
});
