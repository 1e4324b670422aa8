import type { HostMemory } from "../hostMemory.ts";
import type { Bytes } from "../words.ts";

export interface FakeHost extends HostMemory {
  readonly liveBytes: Bytes;
  readonly peakBytes: Bytes;
  readonly calls: { host: number };
}

/** Host memory that fails on demand, counts what lives, and whose bytes are not the weight's before they are written or after they are freed. */
export function fakeHost(fails: (nth: number) => boolean = () => false): FakeHost {
  const calls = { host: 0 };
  let liveBytes = 0;
  let peakBytes = 0;
  return {
    calls,
    get liveBytes() {
      return liveBytes;
    },
    get peakBytes() {
      return peakBytes;
    },
    allocate(bytes) {
      if (fails(++calls.host)) return null;
      const data = new Uint8Array(bytes).fill(0xcc);
      let free = false;
      liveBytes += bytes;
      peakBytes = Math.max(peakBytes, liveBytes);
      return {
        bytes,
        data,
        free() {
          if (free) throw new Error("a block of the host is freed twice");
          free = true;
          data.fill(0xdd);
          liveBytes -= bytes;
        },
      };
    },
  };
}
