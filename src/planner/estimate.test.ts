import { expect, test } from "vitest";
import { estimate, RECODE } from "./estimate.ts";

const rate = (value: number) => ({ low: value, high: value });

test("re-encoding counts beside the reading: under it where all overlaps, on top where nothing does", () => {
  const rates = { flops: rate(1e12), host: rate(1e10), disk: rate(2e9), recode: rate(1e9) };
  const work = { flops: 0, hostBytes: 0, diskBytes: 4e9 };
  expect(estimate(work, rates)).toEqual({ low: 2, high: 2 });
  expect(estimate({ ...work, recodeBytes: 4e9 }, rates)).toEqual({ low: 4, high: 6 });
  const { recode: _, ...unmeasured } = rates;
  // A disk so fast that re-encoding is what takes the time.
  const { low, high } = estimate({ ...work, recodeBytes: 4e9 }, { ...unmeasured, disk: rate(4e11) });
  expect([low, high]).toEqual([4e9 / RECODE.high, 0.01 + 4e9 / RECODE.low]);
  // Usual ones are slower than six cores, so that reading hides it.
  expect(estimate({ ...work, recodeBytes: 4e9 }, unmeasured).low).toBe(2);
});
