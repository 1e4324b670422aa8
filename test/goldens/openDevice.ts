import { openGgml } from "../../src/ggml/index.ts";
import { createReferenceBackend } from "../../src/reference/index.ts";
import { createRuntime } from "../../src/runtime/createRuntime.ts";
import type { Precision } from "../../src/runtime/runtime.ts";
import { blockDecoders } from "../support/blockDecoders.ts";
import { type GoldenDevice, lazyDevice } from "./goldenDevice.ts";

/** Far above what the cases need, far below what machines have. */
const VRAM_BYTES = 3 * 2 ** 30;

export interface DeviceOptions {
  /** As `--device` names it, or `reference` for the plain TypeScript backend. Default: the CPU, which meets the tolerances. */
  readonly name?: string | undefined;
  readonly precision: Precision;
  /** Bytes of weights that may be resident at once; default: as many as there is room for. */
  readonly weightsBytes?: number;
}

/** A device for model kinds, with the product's runtime over it. Opened when the first of them asks for it. */
export function openDevice({ name = "cpu", precision, weightsBytes }: DeviceOptions): GoldenDevice {
  return lazyDevice(precision, async () =>
    createRuntime({
      ...(name === "reference"
        ? createReferenceBackend({ decoders: blockDecoders })
        : await ggmlDevice(name, precision)),
      policy: "dynamic",
      vram: VRAM_BYTES,
      ...(weightsBytes !== undefined && { vramWeights: { bytes: weightsBytes } }),
      precision,
    }),
  );
}

async function ggmlDevice(name: string, precision: Precision) {
  const library = await openGgml({ strictVulkan: precision === "fp32" });
  return library.open(library.select(name).id);
}
