import type { WeightSource } from "../../formats/weightSource.ts";
import { type Adapter, madeFor, openLora } from "../../models/lora/index.ts";

/** What a LoRA file says of itself: layers by kind, ranks, and which model it is for. */
export interface LoraFacts {
  /**
   * layers; kinds: "LoRA 24, diff 1"; rank: "16", or "4 to 32", not there where nothing is of low rank; unused: tensors that are not understood,
   * if any.
   */
  readonly dims: Readonly<Record<string, number | string>>;
  readonly madeFor: string;
}

/** Reads the header and the alphas. `null`: it is of a kind that is not supported. Throws BrokenModel. */
export async function loraFacts(source: WeightSource): Promise<LoraFacts | null> {
  try {
    const lora = await openLora(source);
    const ranks = lora.adapters.flatMap(({ rank }) => (rank === undefined ? [] : [rank]));
    const [least, most] = [Math.min(...ranks), Math.max(...ranks)];
    const dims = {
      layers: lora.adapters.length,
      kinds: kindsOf(lora.adapters),
      ...(ranks.length > 0 && { rank: least === most ? `${least}` : `${least} to ${most}` }),
      ...(lora.unused.length > 0 && { unused: lora.unused.length }),
    };
    return { dims, madeFor: madeFor(lora) };
  } catch (error) {
    if ((error as { code?: unknown }).code === "wrong-model") return null;
    throw error;
  }
}

function kindsOf(adapters: readonly Adapter[]): string {
  const counts = new Map<string, number>();
  for (const { kind } of adapters) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  return [...counts].map(([kind, count]) => `${kind} ${count}`).join(", ");
}
