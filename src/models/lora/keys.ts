/** What a tensor of a LoRA file is to the layer that it changes. */
export type Part =
  | "up"
  | "down"
  | "mid"
  | "alpha"
  | "doraScale"
  | "lokrW1"
  | "lokrW1A"
  | "lokrW1B"
  | "lokrW2"
  | "lokrW2A"
  | "lokrW2B"
  | "hadaW1A"
  | "hadaW1B"
  | "hadaW2A"
  | "hadaW2B"
  | "gloraA1"
  | "gloraA2"
  | "gloraB1"
  | "gloraB2"
  | "diff"
  | "diffBias"
  | "set"
  /** Of a kind that is known by name and not computed: OFT, BOFT, factors of convolutions. */
  | "other";

export interface LoraKey {
  /** What stands before the part: the layer's name in the file's spelling. */
  readonly stem: string;
  readonly part: Part;
}

/**
 * Every ending of the trainers, and what it says. Source: the published files of kohya, diffusers, PEFT, LyCORIS, OneTrainer, SimpleTuner;
 * golden/flux2/adapters.
 */
const ENDINGS: readonly (readonly [ending: string, part: Part])[] = [
  [".lora_up.weight", "up"],
  ["_lora.up.weight", "up"],
  [".lora.up.weight", "up"],
  [".lora_B.weight", "up"],
  [".lora_B.default.weight", "up"],
  [".lora_B", "up"],
  [".lora_linear_layer.up.weight", "up"],
  [".lora_down.weight", "down"],
  ["_lora.down.weight", "down"],
  [".lora.down.weight", "down"],
  [".lora_A.weight", "down"],
  [".lora_A.default.weight", "down"],
  [".lora_A", "down"],
  [".lora_linear_layer.down.weight", "down"],
  [".lora_mid.weight", "mid"],
  [".alpha", "alpha"],
  [".dora_scale", "doraScale"],
  [".lokr_w1", "lokrW1"],
  [".lokr_w1_a", "lokrW1A"],
  [".lokr_w1_b", "lokrW1B"],
  [".lokr_w2", "lokrW2"],
  [".lokr_w2_a", "lokrW2A"],
  [".lokr_w2_b", "lokrW2B"],
  [".hada_w1_a", "hadaW1A"],
  [".hada_w1_b", "hadaW1B"],
  [".hada_w2_a", "hadaW2A"],
  [".hada_w2_b", "hadaW2B"],
  [".diff", "diff"],
  [".w_norm", "diff"],
  [".diff_b", "diffBias"],
  [".b_norm", "diffBias"],
  [".lora_B.bias", "diffBias"],
  [".set_weight", "set"],
  [".lokr_t2", "other"],
  [".hada_t1", "other"],
  [".hada_t2", "other"],
  [".a1.weight", "gloraA1"],
  [".a2.weight", "gloraA2"],
  [".b1.weight", "gloraB1"],
  [".b2.weight", "gloraB2"],
  [".oft_blocks", "other"],
  [".reshape_weight", "other"],
];

/** Splits a tensor's name; `null`: it says nothing that is known. */
export function loraKey(name: string): LoraKey | null {
  for (const [ending, part] of ENDINGS)
    if (name.length > ending.length && name.endsWith(ending))
      return { stem: name.slice(0, name.length - ending.length), part };
  return null;
}
