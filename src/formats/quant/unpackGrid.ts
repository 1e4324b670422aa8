import type { PackedGrid } from "./packedGrids.ts";

/** A codebook as one array, `width` values an entry. Unpacked at the first use. */
export function unpackGrid({ entries, width, levels, base64 }: PackedGrid): () => Int8Array {
  let grid: Int8Array | undefined;
  return () => {
    if (grid) return grid;
    const packed = Buffer.from(base64, "base64");
    const bits = 16 / width;
    grid = new Int8Array(entries * width);
    for (let entry = 0; entry < entries; entry++) {
      const word = packed.readUInt16LE(2 * entry);
      for (let j = 0; j < width; j++) grid[entry * width + j] = levels[(word >> (bits * j)) & (2 ** bits - 1)]!;
    }
    return grid;
  };
}
