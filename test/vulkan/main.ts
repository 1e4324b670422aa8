/**
 * The identity test and a few goldens on a Vulkan device: what lanes/vulkan.sh runs on lavapipe, and anyone on a graphics card by
 * `node --import jiti/register test/vulkan/main.ts`. Last line: N passed, N failed. Exit code 1 when one failed.
 */
import { openGgml } from "../../src/ggml/index.ts";
import type { DeviceInfo } from "../../src/tensor/backend.ts";
import { goldens } from "./goldens.ts";
import { identity } from "./identity.ts";
import { interrupt } from "./interrupt.ts";
import { staging } from "./staging.ts";

async function main(): Promise<number> {
  const library = await openGgml({ strictVulkan: true });
  let device: DeviceInfo;
  try {
    device = library.select("vulkan");
  } catch (error) {
    console.log(`${(error as Error).message}\n0 passed, 1 failed`);
    return 1;
  }
  console.log(`${device.id}: ${device.description}, ggml ${library.version} (${library.commit})`);
  let [passed, failed] = [0, 0];
  for (const check of [staging, ...goldens, interrupt, identity]) {
    const begun = performance.now();
    const seconds = () => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
    try {
      const seen = await check.run();
      passed++;
      console.log(`ok    ${check.name}: ${seen} (${seconds()})`);
    } catch (error) {
      failed++;
      console.log(`FAIL  ${check.name}: ${error instanceof Error ? error.message : error} (${seconds()})`);
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
