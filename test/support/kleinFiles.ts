import { mkdir } from "node:fs/promises";
import path from "node:path";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { flux2Shapes } from "./flux2File.ts";
import { vaeShapes } from "./vaeShapes.ts";

/** The tensors of a Qwen3 4B text encoder under their published keys. */
export function qwen3Shapes(layers: number): Record<string, number[]> {
  const [hidden, inner, head] = [2560, 9728, 128];
  const shapes: Record<string, number[]> = {
    "model.embed_tokens.weight": [151936, hidden],
    "model.norm.weight": [hidden],
  };
  for (let n = 0; n < layers; n++) {
    const p = `model.layers.${n}`;
    shapes[`${p}.input_layernorm.weight`] = [hidden];
    shapes[`${p}.post_attention_layernorm.weight`] = [hidden];
    shapes[`${p}.self_attn.q_proj.weight`] = [32 * head, hidden];
    shapes[`${p}.self_attn.k_proj.weight`] = [8 * head, hidden];
    shapes[`${p}.self_attn.v_proj.weight`] = [8 * head, hidden];
    shapes[`${p}.self_attn.o_proj.weight`] = [hidden, 32 * head];
    shapes[`${p}.self_attn.q_norm.weight`] = [head];
    shapes[`${p}.self_attn.k_norm.weight`] = [head];
    shapes[`${p}.mlp.gate_proj.weight`] = [inner, hidden];
    shapes[`${p}.mlp.up_proj.weight`] = [inner, hidden];
    shapes[`${p}.mlp.down_proj.weight`] = [hidden, inner];
  }
  return shapes;
}

/** The three files of Flux 2 klein 4B at their real sizes, as holes: headers are there, weights read as zeros and take no disk. */
export async function writeKleinFiles(baseDirectory: string): Promise<void> {
  const write = async (folder: string, name: string, shapes: Readonly<Record<string, number[]>>): Promise<void> => {
    const directory = path.join(baseDirectory, "models", folder);
    await mkdir(directory, { recursive: true });
    const tensors = Object.entries(shapes).map(([name, shape]) => ({
      name,
      encoding: "BF16" as const,
      shape,
      data: null,
    }));
    await writeSafetensors(path.join(directory, name), tensors);
  };
  const sizes = { hidden: 3072, double: 5, single: 20, context: 7680 };
  await write("diffusion_models", "flux-2-klein-4b.safetensors", flux2Shapes(sizes));
  await write("text_encoders", "qwen_3_4b.safetensors", qwen3Shapes(36));
  const widths = [128, 256, 512, 512];
  await write("vae", "flux2-vae.safetensors", vaeShapes({ encoder: widths, decoder: widths, latent: 32 }));
}
