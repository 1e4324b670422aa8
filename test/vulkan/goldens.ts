import { existsSync } from "node:fs";
import path from "node:path";
import { openDevice } from "../goldens/openDevice.ts";
import { reportLines } from "../goldens/report.ts";
import { runGoldens } from "../goldens/runGoldens.ts";
import type { Check } from "./check.ts";
import { SHARE_OF_TOLERANCE } from "./tolerances.ts";

const folder = path.join(import.meta.dirname, "../../../shared/golden");

/** Goldens in strict f32 on the Vulkan device, against tolerances of its own; none where the goldens are not beside the checkout. */
export const goldens: readonly Check[] = existsSync(folder)
  ? Object.entries(SHARE_OF_TOLERANCE).map(([name, share]) => ({
      name: `golden ${name}`,
      async run() {
        const device = openDevice({ name: "vulkan", precision: "fp32" });
        try {
          const [result] = await runGoldens(path.join(folder, `${name}.json`), { device });
          if (result?.status !== "passed" || result.ratio > share)
            throw new Error(
              `at most ${share} of the tolerance is allowed: ${result ? reportLines(result) : "no case"}`,
            );
          return `${result.ratio.toPrecision(3)} of the golden's tolerance (${result.worst}), at most ${share}`;
        } finally {
          await device.close();
        }
      },
    }))
  : [];
