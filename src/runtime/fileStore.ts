import { bf16ToF32, f16ToF32 } from "../formats/halfFloat.ts";
import { blocksToF32 } from "../formats/quant/blocksToF32.ts";
import type { WeightSource } from "../formats/weightSource.ts";
import type { WeightStore } from "../memory/deviceMemory.ts";
import type { WeightId } from "../memory/words.ts";
import type { ResidentForm } from "./residentForm.ts";

/** Where one weight's bytes come from. */
export interface Origin {
  readonly source: WeightSource;
  readonly name: string;
  readonly form: ResidentForm;
}

/** Bytes of a file that are widened at a time: keeps the scratch small and the event loop turning. */
const PIECE = 4 * 1024 * 1024;

/** The `WeightStore` over weights files: reads straight into the caller's memory where the file's bytes are the resident form, else widens. */
export function createFileStore(): WeightStore & {
  add(id: WeightId, origin: Origin): void;
  remove(id: WeightId): void;
} {
  const origins = new Map<WeightId, Origin>();
  return {
    add: (id, origin) => void origins.set(id, origin),
    remove: (id) => void origins.delete(id),
    async fill(id, offset, into, beside) {
      const origin = origins.get(id);
      if (!origin) throw new Error(`invariant: weight ${id} has no file`);
      const { source, name, form } = origin;
      if (form.from === "same") {
        try {
          return await source.read(name, offset, into);
        } finally {
          const bytes = source.takeBeside?.() ?? 0;
          if (bytes > 0) beside?.(bytes);
        }
      }
      const values = new Float32Array(into.buffer, into.byteOffset, into.byteLength / 4);
      if (form.from !== "F16" && form.from !== "BF16")
        return blocksToF32(source, name, form.from, offset / 4, values, PIECE);
      const widen = form.from === "F16" ? f16ToF32 : bf16ToF32;
      const scratch = new Uint16Array(Math.min(values.length, PIECE / 2));
      for (let done = 0; done < values.length; done += scratch.length) {
        const half = scratch.subarray(0, Math.min(scratch.length, values.length - done));
        await source.read(name, offset / 2 + done * 2, new Uint8Array(half.buffer, 0, half.byteLength));
        widen(half, values.subarray(done, done + half.length));
      }
    },
  };
}
