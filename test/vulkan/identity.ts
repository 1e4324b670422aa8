import { openGgml } from "../../src/ggml/index.ts";
import { discreteHash, discreteIdentity } from "../support/discreteIdentity.ts";
import type { Check } from "./check.ts";

/** Below the flops of each of the model's products: a part for every one of them. */
const EVERY_PRODUCT = 1;

/** Strict, because each precision of weights would compile for minutes more on lavapipe. */
export const identity: Check = {
  name: "the same bytes at 100, 50 and 25 % of the weights, with dynamic VRAM off, and with graphs handed over in parts",
  async run() {
    const library = await openGgml({ strictVulkan: true });
    const { id } = library.select("vulkan");
    const whole = await discreteIdentity({ open: () => library.open(id), precision: "fp32" });
    const open = () => library.open(id, { flopsPerPart: EVERY_PRODUCT });
    const parts = await discreteHash({ open, precision: "fp32" });
    if (parts !== whole.hash) throw new Error(`${parts} in parts, ${whole.hash} as a whole`);
    return whole.seen;
  },
};
