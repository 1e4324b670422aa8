import { expect } from "vitest";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { PlainEncoding } from "../../src/formats/weightSource.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { weir } from "../cli/harness.ts";
import { quantise } from "./quantise.ts";

/** How text encoders are published in small: GGUF, and eight-bit floats with a scale as Comfy-Org has them, the older way and the newer. */
export const TEXT_FORMS = ["q8_0", "q4_k", "scaled_fp8", "float8_e4m3fn"] as const;
export type TextForm = (typeof TEXT_FORMS)[number];

export const isGguf = (form: TextForm): form is "q8_0" | "q4_k" => form.startsWith("q");

/** Writes a text encoder again in `form`: GGUF by `weir quantize`; else its layers' matrices in eight bits, the rest as it is. */
export async function writeTextForm(from: string, to: string, form: TextForm): Promise<void> {
  if (isGguf(form)) {
    const { code, err } = await weir(["quantize", from, to, "--type", form]);
    expect(code, err).toBe(0);
    return;
  }
  const source = await openSafetensors(from);
  const tensors: TensorToWrite[] = [];
  for (const { name, encoding, shape, bytes } of source.tensors.values()) {
    const [rows, columns] = shape as [number, number];
    if (/layers\.\d+\..*proj\.weight$/.test(name)) {
      const stem = name.slice(0, -".weight".length);
      tensors.push(...quantise(form, stem, await readFloat32(source, name), rows, columns));
      continue;
    }
    const data = new Uint8Array(bytes);
    await source.read(name, 0, data);
    tensors.push({ name, encoding: encoding as PlainEncoding, shape, data });
  }
  await source.close();
  // the marker that says what such a file is: its values mean nothing
  if (form === "scaled_fp8")
    tensors.push({ name: "scaled_fp8", encoding: "F8_E4M3", shape: [0], data: new Uint8Array(0) });
  await writeSafetensors(to, tensors);
}
