/** The language models that are known as text encoders, by what differs between them and no tensor's shape tells. */
export type Family = "qwen3" | "mistral3";

export interface FamilyFacts {
  readonly what: string;
  /** Of the root mean square norms. */
  readonly eps: number;
  /** The base of the rotary frequencies. */
  readonly theta: number;
  /** Queries and keys are normed, head by head. */
  readonly headNorms: boolean;
}

/** Source: arXiv:2505.09388 and the published configurations; golden/text. */
export const FAMILIES: Readonly<Record<Family, FamilyFacts>> = {
  qwen3: { what: "Qwen3", eps: 1e-6, theta: 1e6, headNorms: true },
  mistral3: { what: "Mistral 3", eps: 1e-5, theta: 1e9, headNorms: false },
};
