import { expect, test } from "vitest";
import { machineMemory, ramBudget } from "./ramBudget.ts";

const machine = { free: 20e9, total: 32e9 };

test.each([
  ["8GB", 8e9],
  ["0", 0],
  ["50%", 16e9],
])("--ram %s is kept to", (text, bytes) => {
  const budget = ramBudget(text, machine);
  expect([budget.bytes, budget.warning]).toEqual([bytes, null]);
  expect(budget.follow({ free: 0, total: 32e9 }, bytes)).toBe(bytes);
});

test("more than there is: both numbers", () => {
  expect(ramBudget("64GB", machine).warning).toBe(
    "--ram 64GB is more than the 32000000000 bytes that this machine has; copies of weights may be paged out",
  );
});

test("nonsense", () => {
  for (const text of ["eight", "-8GB", ""])
    expect(() => ramBudget(text, machine)).toThrow(expect.objectContaining({ code: "usage" }));
});

test.each([[undefined], ["auto"], ["AUTO"]])("%s follows the machine: down at once, up after several looks", (text) => {
  const budget = ramBudget(text, machine);
  expect(budget.bytes).toBe(10e9);
  // What is cached already is not missing, and a little more or less changes nothing.
  expect(budget.follow({ free: 12e9, total: 32e9 }, 8e9)).toBe(10e9);
  expect(budget.follow({ free: 11.5e9, total: 32e9 }, 8e9)).toBe(10e9);
  expect(budget.follow({ free: 2e9, total: 32e9 }, 8e9)).toBe(5e9);
  for (let look = 0; look < 7; look++) expect(budget.follow({ free: 15e9, total: 32e9 }, 5e9)).toBe(5e9);
  expect(budget.follow({ free: 15e9, total: 32e9 }, 5e9)).toBe(10e9);
});

test("this machine has memory", () => {
  const { free, total } = machineMemory();
  expect(free).toBeGreaterThan(0);
  expect(total).toBeGreaterThanOrEqual(free);
});
