import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { quantise, type WrittenTensor } from "../../test/support/quantise.ts";
import { type Form, isGguf } from "./forms.ts";

const MAIN = path.join(import.meta.dirname, "..", "..", "src", "cli", "main.ts");

/**
 * Writes a Flux 2 transformer again: GGUF by `weir quantize`, which has rules of its own for what stays wide; else with the matrices of its
 * blocks and modulations in a format; embedders, norms and the last layer stay, as in published files. `same`: layers of one shape are
 * quantised once (a model of random numbers needs no more).
 */
export async function writeVariant(from: string, to: string, format: Form["format"], same = false): Promise<void> {
  if (isGguf(format)) {
    const argv = ["--import", "jiti/register", MAIN, "quantize", from, to, "--type", format.slice("gguf ".length)];
    await promisify(execFile)(process.execPath, [...argv, "--overwrite"], { maxBuffer: 1 << 26 });
    return;
  }
  if (format === "bf16") throw new Error("bf16 is what there is");
  const source = await openSafetensors(from);
  const made = new Map<string, WrittenTensor[]>();
  const tensors: TensorToWrite[] = [];
  for (const { name, encoding, shape, bytes } of source.tensors.values()) {
    const [rows = 0, columns = 0] = shape;
    if (!/blocks|modulation/.test(name) || shape.length !== 2 || rows % 16 !== 0 || columns % 256 !== 0) {
      const data = new Uint8Array(bytes);
      await source.read(name, 0, data);
      tensors.push({ name, encoding: encoding as WrittenTensor["encoding"], shape, data });
      continue;
    }
    const key = same ? shape.join() : name;
    const parts = made.get(key) ?? quantise(format, "", await readFloat32(source, name), rows, columns);
    if (same) made.set(key, parts);
    const stem = name.slice(0, -".weight".length);
    tensors.push(...parts.map((part) => ({ ...part, name: stem + part.name })));
  }
  await source.close();
  await writeSafetensors(to, tensors);
}
