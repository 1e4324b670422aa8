import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";

/** The golden data beside the checkout, where there is one. */
export const goldenRoot = path.join(import.meta.dirname, "../../../shared/golden");
export const goldenExists = existsSync(goldenRoot);

/** The tensors of one golden case, all as f32, and the parameters. */
export async function golden(
  name: string,
): Promise<{ tensor(name: string): Float32Array; params: Record<string, unknown> }> {
  const { params } = JSON.parse(await readFile(path.join(goldenRoot, `${name}.json`), "utf8")) as {
    params: Record<string, unknown>;
  };
  const source = await openSafetensors(path.join(goldenRoot, `${name}.safetensors`));
  const tensors = new Map<string, Float32Array>();
  for (const key of source.tensors.keys()) tensors.set(key, await readFloat32(source, key));
  await source.close();
  const tensor = (key: string): Float32Array => {
    const values = tensors.get(key);
    if (!values) throw new Error(`${name} has no ${key}`);
    return values;
  };
  return { tensor, params };
}
