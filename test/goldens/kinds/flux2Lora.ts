import path from "node:path";
import { openSafetensors } from "../../../src/formats/safetensors.ts";
import type { Adapters } from "../../../src/nodes/loaders/adapters.ts";
import { loadFlux2 } from "../flux2Case.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import type { GoldenDevice } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { addLora, effectiveRows, forward } from "../loraCase.ts";

const ROWS = /^out\.merged_rows_0_6\.(-?[\d.]+?)\.(\D.*)$/;

/** One delta in three key styles, at several strengths, and a second file over it. The three styles are compared by compare's own rule: each must give the output. */
export const flux2Lora: KindRunner = {
  kind: "flux2.lora",
  onDevice: true,
  async run(golden, device: GoldenDevice) {
    const { model, loaded } = await loadFlux2(golden, device);
    const files = golden.params["files"] as readonly string[];
    const stacked = async (pairs: readonly (readonly [file: string, strength: number])[]) => {
      let adapters: Adapters | undefined;
      for (const [file, strength] of pairs)
        ({ adapters } = await addLora(device, model, adapters, await openSafetensors(golden.find(file)), strength));
      return adapters;
    };
    const values: Record<string, GoldenTensor> = {};
    for (const output of golden.outputs.keys()) {
      const rows = ROWS.exec(output);
      const each: GoldenTensor[] = [];
      for (const file of files) {
        const second = path.join(path.dirname(file), "second.safetensors");
        const strengths = output.match(/-?\d+(\.\d+)?/g)!.map(Number);
        if (rows) {
          const adapters = await stacked([[file, Number(rows[1])]]);
          each.push(await effectiveRows(model, loaded, adapters, rows[2]!, 6));
        } else if (output.startsWith("out.stacked_")) {
          const pairs = [[file, strengths[0]!] as const, [second, strengths[1]!] as const];
          each.push(await forward(golden, model, loaded, await stacked(pairs)));
        } else each.push(await forward(golden, model, loaded, await stacked([[file, strengths[0]!]])));
      }
      values[output] = each[0]!;
      for (const [n, one] of each.entries()) values[`${output} as ${files[n]}`] = one;
    }
    return { values };
  },
  expected: (golden) => {
    const files = golden.params["files"] as readonly string[];
    return Object.fromEntries(
      [...golden.outputs].flatMap(([name, want]) =>
        files.map((file) => [`${name} as ${file}`, want as { shape: readonly number[]; data: ArrayLike<number> }]),
      ),
    );
  },
};
