import { expect, test } from "vitest";
import { liveBufferBytes, openGgml } from "../src/ggml/index.ts";
import { discreteIdentity } from "./support/discreteIdentity.ts";

/** The CPU plays a device with memory of its own, so that staging and uploads are tested anywhere. One thread: the model is tiny. */
test("WEIR_DISCRETE_CPU=1: the same bytes at every budget when weights come by uploads", async () => {
  const library = await openGgml({ env: { WEIR_DISCRETE_CPU: "1" } });
  const open = () => library.open("cpu", { threads: 1 });
  const { hash, seen } = await discreteIdentity({ open, precision: "native" });
  expect(hash).toHaveLength(64);
  expect(seen).toContain("bytes moved");
  expect(liveBufferBytes()).toBe(0);
});
