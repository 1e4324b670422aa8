import { existsSync } from "node:fs";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { kinds } from "./kinds/index.ts";
import { openDevice } from "./openDevice.ts";
import { reportLines } from "./report.ts";
import { runGoldens } from "./runGoldens.ts";

const folder = path.join(import.meta.dirname, "../../../shared/golden");
const device = openDevice({ name: undefined, precision: "fp32" });
afterAll(() => device.close());

if (existsSync(folder)) {
  describe("goldens", () => {
    test.each([...kinds.keys()])("%s", async (kind) => {
      const results = await runGoldens(folder, { kinds: new Set([kind]), device });
      expect(results.filter(({ status }) => status === "failed").flatMap(reportLines)).toEqual([]);
      // a kind whose cases are all skipped, or gone, would prove nothing
      expect(results.filter(({ status }) => status === "passed").length).toBeGreaterThan(0);
    });
  });
} else {
  test.skip("goldens: ../shared/golden is not beside this checkout", () => {});
}
