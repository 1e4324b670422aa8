import { readFloat32 } from "../../formats/readFloat32.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import type { EncodeTensor } from "./encodeJob.ts";

/**
 * Multiplies what belongs to a quantised matrix's product into the matrix: y = scale * (W turn(inputScale * x)) has the rows
 * scale[r] * (W turn)[r, c] * inputScale[c]. GGUF has no place for them.
 */
export interface LayerFolder {
  /** `x`: values of the tensor from `first` on, in place. Whole turns. */
  fold(source: WeightSource, tensor: EncodeTensor, first: number, x: Float32Array): Promise<void>;
}

/** Keeps the last layer's vectors: pieces of one tensor follow each other. */
export function createLayerFolder(): LayerFolder {
  let owner = "";
  let held: Readonly<Record<"scale" | "inputScale" | "rotation", Float32Array | null>>;
  return {
    async fold(source, { name, columns, layer = {} }, first, x) {
      if (owner !== name) {
        const get = (tensor: string | undefined) => (tensor === undefined ? null : readFloat32(source, tensor));
        held = {
          scale: await get(layer.scale),
          inputScale: await get(layer.inputScale),
          rotation: await get(layer.rotation),
        };
        owner = name;
      }
      const { scale, inputScale, rotation } = held;
      if (rotation) turn(rotation, x);
      for (let i = 0; i < x.length; i++) {
        const at = first + i;
        const row = scale ? scale[scale.length === 1 ? 0 : Math.floor(at / columns)]! : 1;
        x[i] = x[i]! * row * (inputScale ? inputScale[at % columns]! : 1);
      }
    },
  };
}

/** Each n neighbours by an [n, n] matrix that is symmetric. */
function turn(rotation: Float32Array, x: Float32Array): void {
  const n = Math.sqrt(rotation.length);
  const group = new Float32Array(n);
  for (let at = 0; at < x.length; at += n) {
    group.set(x.subarray(at, at + n));
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < n; j++) sum += rotation[i * n + j]! * group[j]!;
      x[at + i] = sum;
    }
  }
}
