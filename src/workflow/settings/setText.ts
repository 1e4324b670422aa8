import { SettingError } from "../errors.ts";
import { isLink } from "../link.ts";
import type { Prompt, PromptNode } from "../node.ts";
import { type Declarations, origin, put } from "./place.ts";

/** `--prompt`: the one text that feeds what is wanted. Throws SettingError where there are several, or none. */
export function setText(prompt: Prompt, text: string, declarations: Declarations): Prompt {
  const isEncoder = (id: string) => encoderInput(prompt[id]!, declarations) !== null;
  const all = Object.keys(prompt).filter(isEncoder);
  const positive = positiveEncoders(prompt, declarations);
  const found = positive.size > 0 ? [...positive] : all;
  if (found.length !== 1) {
    const why = found.length === 0 ? "no node of this workflow encodes a text" : "several texts feed the picture";
    const list = found.length === 0 ? "" : `; set one by id: ${found.map((id) => `--set ${id}.text=...`).join(", ")}`;
    throw new SettingError(`--prompt: ${why}${list}`);
  }
  const node = found[0]!;
  return put(prompt, origin(prompt, { node, input: encoderInput(prompt[node]!, declarations)! }, declarations), text);
}

/** The one text of a node that makes a conditioning of it; null for other nodes. */
function encoderInput(node: PromptNode, declarations: Declarations): string | null {
  const declared = declarations(node.class_type);
  if (declared?.outputs.some(({ type }) => type === "CONDITIONING") !== true) return null;
  return declared.inputs["text"]?.type === "STRING" ? "text" : null;
}

/** Follows conditionings back from where they are used: inputs called positive, or a conditioning that is not the negative one. */
function positiveEncoders(prompt: Prompt, declarations: Declarations): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const follow = (value: unknown, depth: number): void => {
    if (!isLink(value) || !Object.hasOwn(prompt, value[0]) || depth > 256 || seen.has(value.join())) return;
    seen.add(value.join());
    const node = prompt[value[0]]!;
    if (encoderInput(node, declarations) !== null) {
      found.add(value[0]);
      return;
    }
    const declared = declarations(node.class_type);
    // A node with two of them passes the one of the same name on (ControlNetApplyAdvanced).
    const name = declared?.outputs[value[1]]?.name;
    for (const [input, spec] of Object.entries(declared?.inputs ?? {})) {
      if (spec.type !== "LINK" || spec.of !== "CONDITIONING") continue;
      if (input === "negative" || (name === "negative" && input === "positive")) continue;
      follow(node.inputs?.[input], depth + 1);
    }
  };
  for (const { class_type, inputs } of Object.values(prompt)) {
    const declared = declarations(class_type);
    const makesConditioning = declared?.outputs.some(({ type }) => type === "CONDITIONING") ?? true;
    if (makesConditioning) continue;
    for (const [input, spec] of Object.entries(declared?.inputs ?? {})) {
      if (spec.type === "LINK" && spec.of === "CONDITIONING" && input !== "negative") follow(inputs?.[input], 0);
    }
  }
  return found;
}
