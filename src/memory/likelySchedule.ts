import type { WeightRecord } from "./weightRecord.ts";
import type { Schedule, WeightId } from "./words.ts";

/** "double_blocks.3" of "double_blocks.3.img_attn.qkv.weight". */
const BLOCK = /^.*?\.\d+(?=\.)/;

/**
 * How a model that has not been announced will probably run, by its file's header: its weights in the order in which they were registered, which is that of its
 * layers; those of one numbered block are one stage, any other weight is one of its own; operations as bytes. It says nothing about what a run needs, but what a plan would
 * keep of a model follows mostly from sizes and order, so that what is read ahead by it is mostly what the real plan pins (`readAhead`): with Flux 2's shapes 79 to 100 % of it where the run has a
 * tenth more room than there was to read ahead into, 64 to 85 % (50 where room is for a tenth alone) where it has no more, since operations a byte differ between text and picture.
 */
export function likelySchedule(records: readonly Pick<WeightRecord, "id" | "name" | "bytes">[]): Schedule {
  const stages = new Map<string, { readonly weights: WeightId[]; flops: number }>();
  for (const { id, name, bytes } of records) {
    const stage = BLOCK.exec(name)?.[0] ?? name;
    const known = stages.get(stage) ?? { weights: [], flops: 0 };
    known.weights.push(id);
    known.flops += bytes;
    stages.set(stage, known);
  }
  const items = [...stages].map(
    ([stage, { weights, flops }]): Schedule => ({
      kind: "use",
      use: { stage, weights, activationBytes: 0, flops },
    }),
  );
  return { kind: "repeat", n: "unknown", body: { kind: "sequence", items } };
}
