import { openGgml } from "../../src/ggml/index.ts";
import type { Check } from "./check.ts";

const BYTES = 3 * 2 ** 20 + 5;

/** Pinned memory of the host: what is uploaded from it arrives, at once and in pieces, and it can be given back. */
export const staging: Check = {
  name: "uploads from pinned memory arrive",
  async run() {
    const library = await openGgml({ strictVulkan: true });
    const { backend, memory } = library.open(library.select("vulkan").id);
    try {
      const pinned = memory.staging?.(BYTES);
      if (!pinned) throw new Error("the device has no pinned memory");
      for (let i = 0; i < BYTES; i++) pinned.data[i] = (i * 2654435761) >>> 24;
      const chunk = memory.allocate(2 ** 22)!;
      const place = { device: memory.device, chunk, offset: memory.alignment, bytes: BYTES };
      for (const piece of [BYTES, 2 ** 20]) {
        await memory.upload(place, 0, new Uint8Array(BYTES));
        const uploads: Promise<void>[] = [];
        for (let at = 0; at < BYTES; at += piece)
          uploads.push(memory.upload(place, at, pinned.data.subarray(at, Math.min(BYTES, at + piece))));
        await Promise.all(uploads);
        const back = await backend.read(chunk, memory.alignment, BYTES);
        if (Buffer.compare(back, pinned.data) !== 0) throw new Error(`other bytes came back, in pieces of ${piece}`);
      }
      pinned.free();
      return `${BYTES} bytes`;
    } finally {
      await backend.close();
      memory.close();
    }
  },
};
