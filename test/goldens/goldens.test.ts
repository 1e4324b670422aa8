import { existsSync, statSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { kinds } from "./kinds/index.ts";
import { openDevice } from "./openDevice.ts";
import { reportLines } from "./report.ts";
import { runGoldens } from "./runGoldens.ts";

const folder = path.join(import.meta.dirname, "../../../shared/golden");
/** A hang ends here; nothing is said about speed. */
const HANG_MS = 1_200_000;

if (existsSync(folder)) {
  describe("goldens", () => {
    const device = openDevice({ precision: "fp32" });
    afterAll(() => device.close());
    const all = [...kinds.keys()];

    test.each(all)("%s", { timeout: HANG_MS }, async (kind) => {
      const results = await runGoldens(folder, { kinds: new Set([kind]), device });
      expect(results.filter(({ status }) => status === "failed").flatMap(reportLines)).toEqual([]);
      // a kind whose cases are all skipped, or gone, would prove nothing
      expect(results.filter(({ status }) => status === "passed").length).toBeGreaterThan(0);
    });
  });

  // The plain TypeScript backend, with room for three tenths of a file's weights: the numbers owe nothing to ggml or to residency.
  describe("goldens on the reference backend at 30 % of the weights", () => {
    const cases = [
      ["flux2/klein_8x8", "flux2/weights"],
      ["text/qwen3_a", "text/qwen3_weights"],
      ["text/clip_l_weighted", "text/clip_l_weights"],
      ["vae/flux2_decode_64x64", "vae/flux2_weights"],
    ];

    test.each(cases)("%s", { timeout: HANG_MS }, async (name, weights) => {
      const budget = Math.floor(0.3 * statSync(path.join(folder, `${weights}.safetensors`)).size);
      const device = openDevice({ name: "reference", precision: "fp32", weightsBytes: budget });
      try {
        const results = await runGoldens(path.join(folder, `${name}.json`), { device });
        expect(results.flatMap(reportLines)).toEqual([expect.stringContaining("ok  ")]);
        const { passes, residency } = (await device.runtime()).stats();
        expect(residency.residentBytes).toBeLessThanOrEqual(budget);
        // more went through the room than fits in it
        expect(passes[0]!.weightBudget).toBeLessThanOrEqual(budget);
        expect(passes[0]!.movedBytes).toBeGreaterThan(budget);
      } finally {
        await device.close();
      }
    });
  });
} else {
  test.skip("goldens: ../shared/golden is not beside this checkout", () => {});
}
