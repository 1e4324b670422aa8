import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { createLedger } from "../../src/memory/createLedger.ts";
import type { LedgerKind } from "../../src/memory/ledger.ts";
import { openRuntime } from "../support/openRuntime.ts";
import { openTiny, tinyInput, writeTinyFile } from "./tinyModel.ts";

const folder = mkdtempSync(path.join(tmpdir(), "weir-books-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each<LedgerKind>(["weights", "activations", "carried", "staging", "reserve"])(
  "%s count against the one ceiling, alone and beside each other kind",
  (kind) => {
    for (const other of ["weights", "activations", "carried", "staging", "reserve"] as const) {
      const ledger = createLedger(100);
      expect(ledger.charge(other, 60)).toBeNull();
      expect(ledger.charge(kind, 41)).toEqual({ short: 1 });
      expect(ledger.charge(kind, 40)).toBeNull();
      expect([ledger.used, ledger.peak]).toEqual([100, 100]);
    }
  },
);

test("the reserve is part of the ceiling: weights make way for it", async () => {
  const file = path.join(folder, "model.safetensors");
  await writeTinyFile(file, "a", 6, 1);
  const draw = async (vram: number, reserve: number) => {
    const runtime = await openRuntime("reference", { precision: "native", vram, reserve });
    try {
      const model = openTiny(await openSafetensors(file), "a", 6);
      const run = await runtime.load(model).begin([model.pass(2)], { repeat: 2 });
      for (let pass = 0; pass < 2; pass++) await run.pass([tinyInput(2, pass)]);
      run.end();
      return runtime.stats().vram;
    } finally {
      await runtime.close();
    }
  };
  const { peak } = await draw(1e9, 0);
  const reserve = Math.floor(peak / 3);
  const beside = await draw(peak, reserve);
  expect(beside.peak).toBeLessThanOrEqual(peak);
  expect(beside.byKind["reserve"]).toEqual({ used: reserve, peak: reserve });
  expect(beside.byKind["weights"]!.peak).toBeLessThanOrEqual(peak - reserve);
  await expect(draw(peak, peak - 5000)).rejects.toMatchObject({ code: "does-not-fit" });
});
