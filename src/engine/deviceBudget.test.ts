import { expect, test } from "vitest";
import { deviceBudget } from "./deviceBudget.ts";

const GB = 1e9;
/** Free memory as a device tells it, look by look, while this process uses `used`; in GB. */
const along = (options: Parameters<typeof deviceBudget>[0], used: number, free: readonly number[]): number[] => {
  const budget = deviceBudget(options);
  return free.map((each) => budget.follow(each * GB, used * GB) / GB);
};
const times = (n: number, value: number): number[] => new Array<number>(n).fill(value);

test("a loss counts at once, small changes not at all, recovery after eight looks in a row", () => {
  const options = { start: 10 * GB, fixed: false, keep: GB };
  const curve = [5, 4.8, 5.3, 2, 2, ...times(7, 5), 2, ...times(7, 5), 5];
  expect(along(options, 6, curve)).toEqual([10, 10, 10, ...times(17, 7), 10]);
});

test("what the user fixed is never passed; without it the budget grows with what others give back", () => {
  const curve = times(9, 20);
  expect(along({ start: 10 * GB, fixed: true, keep: 0 }, 6, curve).at(-1)).toBe(10);
  expect(along({ start: 10 * GB, fixed: false, keep: GB }, 6, curve).at(-1)).toBe(25);
});

test("a fixed budget, too, makes way when the device no longer has it, and comes back whole", () => {
  expect(along({ start: 10 * GB, fixed: true, keep: 0 }, 6, [1, ...times(8, 9)])).toEqual([7, ...times(7, 7), 10]);
});

test("what is to be left to others is, and nothing is below nothing", () => {
  expect(along({ start: 10 * GB, fixed: false, keep: 4 * GB }, 3, [2])).toEqual([1]);
  expect(along({ start: 10 * GB, fixed: false, keep: 4 * GB }, 0, [1])).toEqual([0]);
});
