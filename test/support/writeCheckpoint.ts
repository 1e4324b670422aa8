import { fileURLToPath } from "node:url";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { PlainEncoding } from "../../src/formats/weightSource.ts";
import { type TensorToWrite, writeSafetensors } from "../../src/formats/writeSafetensors.ts";

/** The demo's models, and what ComfyUI puts before a part's keys when it saves a Flux 2 klein as one file. */
export const PARTS = {
  transformer: ["diffusion_models/weir-demo-dit", "model.diffusion_model."],
  textEncoder: ["text_encoders/weir-demo-te", "text_encoders.qwen3_4b.transformer."],
  vae: ["vae/weir-demo-vae", "vae."],
} as const;
export type Part = keyof typeof PARTS;

/** Writes the demo's models as one file. `prefixes`: others than ComfyUI's; a part with `null` is left out. */
export async function writeCheckpoint(
  path: string,
  prefixes: Partial<Readonly<Record<Part, string | null>>> = {},
): Promise<void> {
  const tensors: TensorToWrite[] = [];
  for (const [part, [file, usual]] of Object.entries(PARTS)) {
    const prefix = prefixes[part as Part] === undefined ? usual : prefixes[part as Part];
    if (prefix === null) continue;
    const source = await openSafetensors(
      fileURLToPath(new URL(`../../demo/models/${file}.safetensors`, import.meta.url)),
    );
    for (const [name, { encoding, shape, bytes }] of source.tensors) {
      const data = new Uint8Array(bytes);
      await source.read(name, 0, data);
      tensors.push({ name: prefix + name, encoding: encoding as PlainEncoding, shape, data });
    }
    await source.close();
  }
  await writeSafetensors(path, tensors);
}

/** A prompt of the demo's three loaders with a checkpoint's loader in their place. */
export function onCheckpoint<
  P extends Readonly<Record<string, { readonly class_type: string; readonly inputs: object }>>,
>(prompt: P, file: string): Record<string, { class_type: string; inputs: Record<string, unknown> }> {
  const slots = ["UNETLoader", "CLIPLoader", "VAELoader"];
  const isLoader = (id: string) => slots.indexOf(prompt[id]?.class_type ?? "");
  const out: Record<string, { class_type: string; inputs: Record<string, unknown> }> = {
    ckpt: { class_type: "CheckpointLoaderSimple", inputs: { ckpt_name: file } },
  };
  for (const [id, node] of Object.entries(prompt)) {
    if (isLoader(id) >= 0) continue;
    const inputs = Object.entries(node.inputs).map(([name, value]) =>
      Array.isArray(value) && isLoader(value[0]) >= 0 ? [name, ["ckpt", isLoader(value[0])]] : [name, value],
    );
    out[id] = { ...node, inputs: Object.fromEntries(inputs) };
  }
  return out;
}
