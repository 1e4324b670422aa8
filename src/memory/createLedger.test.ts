import { expect, test } from "vitest";
import { createLedger } from "./createLedger.ts";

test("what would pass the ceiling is refused by the bytes that are missing, and nothing is booked", () => {
  const ledger = createLedger(100);
  expect(ledger.charge("weights", 70)).toBeNull();
  expect(ledger.charge("activations", 40)).toEqual({ short: 10 });
  expect(ledger.charge("activations", 30)).toBeNull();
  expect([ledger.used, ledger.usedBy("weights"), ledger.usedBy("activations")]).toEqual([100, 70, 30]);
});

test("peaks stay when bytes are taken back", () => {
  const ledger = createLedger(100);
  ledger.charge("weights", 60);
  ledger.credit("weights", 60);
  ledger.charge("staging", 30);
  expect([ledger.used, ledger.peak, ledger.peakBy("weights"), ledger.peakBy("staging")]).toEqual([30, 60, 60, 30]);
});

test("a ceiling below what is in use refuses until it is not", () => {
  const ledger = createLedger(100);
  ledger.charge("weights", 80);
  ledger.setCeiling(50);
  expect(ledger.charge("weights", 1)).toEqual({ short: 31 });
  ledger.credit("weights", 40);
  expect(ledger.charge("weights", 10)).toBeNull();
});

test("more taken back than was charged is broken book-keeping", () => {
  const ledger = createLedger(100);
  ledger.charge("weights", 10);
  expect(() => ledger.credit("carried", 1)).toThrow("invariant:");
  expect(() => ledger.credit("weights", 11)).toThrow("invariant:");
  expect(() => ledger.charge("weights", Number.NaN)).toThrow("invariant:");
});
