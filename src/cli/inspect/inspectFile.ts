import type { TensorEntry, WeightSource } from "../../formats/weightSource.ts";
import { identify } from "../../models/registry.ts";
import { loraFacts } from "./loraFacts.ts";
import { type Needs, needsOf } from "./needs.ts";
import { openModel } from "./openModel.ts";

/** What a weights file holds, from its header alone. Bytes are the file's own unless they are of `needs`. */
export interface Inspection {
  readonly path: string;
  readonly fileBytes: number;
  /** As the registry of models names kinds; "unknown" is one. */
  readonly kind: string;
  readonly what: string;
  readonly tensors: number;
  /** Values in all tensors. */
  readonly parameters: number;
  readonly encodings: readonly { readonly encoding: string; readonly tensors: number; readonly bytes: number }[];
  /** Tensors by their name's first parts, up to the first number: "double_blocks.0". In the file's order. */
  readonly groups: readonly { readonly name: string; readonly tensors: number; readonly bytes: number }[];
  /** Sizes of a model that Weir runs; layers, kinds and rank of a LoRA. */
  readonly dims: Readonly<Record<string, unknown>> | null;
  /** What it needs at `size`; `null` where Weir does not run it, and `note` says why. */
  readonly needs: (Needs & { readonly size: string }) | null;
  readonly note: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Throws BrokenModel where a known kind lacks tensors or they do not fit together. */
export async function inspectSource(source: WeightSource): Promise<Inspection> {
  const { kind, what } = identify(source);
  const entries = [...source.tensors.values()];
  const opened = openModel(source);
  const lora = kind === "lora" ? await loraFacts(source) : null;
  const known = kind === "unknown" ? opened?.model.kind : undefined;
  let needs: Inspection["needs"] = null;
  let note: string | null = opened || lora ? null : "Weir does not run this kind of file";
  if (lora) note = `made for ${lora.madeFor}; LoraLoader and LoraLoaderModelOnly put it on a model`;
  if (opened) {
    try {
      needs = { size: opened.size, ...(await needsOf(opened)) };
    } catch (error) {
      if ((error as { code?: unknown }).code !== "unsupported-encoding") throw error;
      note = (error as Error).message;
    }
  }
  return {
    path: source.path,
    fileBytes: source.fileBytes,
    kind: known ?? kind,
    what: known === undefined ? what : `a model of kind ${known}`,
    tensors: entries.length,
    parameters: entries.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0),
    encodings: sums(entries.map(asStored), ({ encoding }) => encoding)
      .map(({ name, ...rest }) => ({ encoding: name, ...rest }))
      .sort((a, b) => b.bytes - a.bytes),
    groups: sums(entries, ({ name }) => groupOf(name)),
    dims: opened?.dims ?? lora?.dims ?? null,
    needs,
    note,
    metadata: source.metadata,
  };
}

/** A quantised layer as the file has it, under its format's name. */
const asStored = ({ encoding, bytes, recoded }: TensorEntry) => ({
  encoding: recoded ? recoded.format : encoding,
  bytes: recoded ? recoded.bytes : bytes,
});

/** "model.diffusion_model.double_blocks.0.img_attn.qkv.weight" -> "model.diffusion_model.double_blocks.0"; without a number: the first part. */
function groupOf(name: string): string {
  const parts = name.split(".");
  const number = parts.findIndex((part) => /^\d+$/.test(part));
  return parts.slice(0, number < 0 ? 1 : number + 1).join(".");
}

function sums<T extends { readonly bytes: number }>(entries: readonly T[], key: (entry: T) => string) {
  const found = new Map<string, { name: string; tensors: number; bytes: number }>();
  for (const entry of entries) {
    const name = key(entry);
    const group = found.get(name) ?? { name, tensors: 0, bytes: 0 };
    group.tensors += 1;
    group.bytes += entry.bytes;
    found.set(name, group);
  }
  return [...found.values()];
}
