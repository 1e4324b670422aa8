import { readdir } from "node:fs/promises";
import path from "node:path";
import { type GoldenTensor, readCase } from "../../test/goldens/goldenCase.ts";
import { kinds } from "../../test/goldens/kinds/index.ts";
import { openDevice } from "../../test/goldens/openDevice.ts";

/** What a reference layer becomes in native precision, relative RMS over all layers of the case. */
export interface GoldenError {
  readonly name: string;
  /** Of the weights as they lie in memory. */
  readonly weights: number;
  /** Of products, to the reference's over inputs as they are. */
  readonly products: number;
  /** The same to its results over rounded inputs, where it rounds them. */
  readonly rounded: number | null;
}

const KINDS = new Set(["quant.checkpoint", "quant.quanto"]);
const ROUNDED = "quantized_input";

/** Layers of every format as the reference library computes them: `folder` is the goldens' `quant`. On the CPU, as `weir run` computes. */
export async function goldenErrors(folder: string): Promise<GoldenError[]> {
  const device = openDevice({ precision: "native" });
  const errors: GoldenError[] = [];
  try {
    for (const file of [...(await cases(path.join(folder, "comfy_quant"))), ...(await cases(folder))]) {
      const golden = await readCase(file, KINDS);
      if (golden === null) continue;
      const { values } = await kinds.get(golden.kind)!.run(golden, device);
      const pairs = Object.entries(values).map(([name, got]) => ({ name, got, want: golden.outputs.get(name)! }));
      const isWeight = (name: string) => /(^|\.)weight(\.|$)/.test(name);
      const products = pairs.filter(({ name }) => !isWeight(name));
      const others = products.flatMap(({ name, got }) => {
        const want =
          golden.outputs.get(`${name}.${ROUNDED}`) ?? golden.outputs.get(name.replace("full_precision", ROUNDED));
        return want && want !== golden.outputs.get(name) ? [{ got, want }] : [];
      });
      errors.push({
        name: path.basename(file, ".json").replace("quanto_", "quanto "),
        weights: apart(pairs.filter(({ name }) => isWeight(name))),
        products: apart(products),
        rounded: others.length === 0 ? null : apart(others),
      });
    }
  } finally {
    await device.close();
  }
  return errors;
}

const cases = async (folder: string): Promise<string[]> =>
  (await readdir(folder))
    .filter((name) => name.endsWith(".json"))
    .sort()
    .map((name) => path.join(folder, name));

function apart(pairs: readonly { readonly got: GoldenTensor; readonly want: GoldenTensor }[]): number {
  let [difference, size] = [0, 0];
  for (const { got, want } of pairs)
    for (let i = 0; i < want.data.length; i++) {
      difference += (Number(got.data[i]) - Number(want.data[i])) ** 2;
      size += Number(want.data[i]) ** 2;
    }
  return Math.sqrt(difference / size);
}
