import { readFileSync } from "node:fs";
import { param } from "../params.ts";
import { textEncoder } from "./textEncoder.ts";

/** What the weights' own json says of them. */
interface Weights {
  readonly params: { readonly pad_id_in_model: number; readonly head_dim: number };
}

export const textMistral3 = textEncoder("text.mistral3", (golden) => {
  const file = golden.find(`${param(golden, "weights", "string")}.json`);
  const { params } = JSON.parse(readFileSync(file, "utf8")) as Weights;
  return { pad: params.pad_id_in_model, headDim: params.head_dim };
});
