import { openGgml } from "../../src/ggml/index.ts";
import { discreteIdentity } from "../support/discreteIdentity.ts";
import type { Check } from "./check.ts";

/** Strict, because each precision of weights would compile for minutes more on lavapipe. */
export const identity: Check = {
  name: "the same bytes at 100, 50 and 25 % of the weights and with dynamic VRAM off",
  async run() {
    const library = await openGgml({ strictVulkan: true });
    return discreteIdentity({ open: () => library.open(library.select("vulkan").id), precision: "fp32" });
  },
};
