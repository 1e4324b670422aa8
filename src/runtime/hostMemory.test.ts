import { expect, test } from "vitest";
import type { DeviceMemory } from "../memory/deviceMemory.ts";
import { fakeMemory } from "../memory/testing/fakeMemory.ts";
import { createHostMemory } from "./hostMemory.ts";

const MIB = 2 ** 20;

/** A device that pins up to `room` bytes, and what it has pinned. */
function pinning(room: number) {
  const live = new Set<number>();
  let next = 0;
  let used = 0;
  const memory: DeviceMemory = {
    ...fakeMemory(),
    staging(bytes) {
      if (used + bytes > room) return null;
      const id = next++;
      live.add(id);
      used += bytes;
      const free = () => {
        live.delete(id);
        used -= bytes;
      };
      return { bytes, data: new Uint8Array(bytes), free };
    },
  };
  return { memory, live };
}

test("large blocks are pinned up to the cap, and given back to it", () => {
  const { memory, live } = pinning(100 * MIB);
  const host = createHostMemory(memory, 5 * MIB);
  const first = host.allocate(3 * MIB)!;
  expect(live.size).toBe(1);
  const beyond = host.allocate(3 * MIB)!;
  expect([live.size, beyond.data.length]).toEqual([1, 3 * MIB]);
  host.allocate(1000);
  expect(live.size).toBe(1);
  first.free();
  beyond.free();
  expect(live.size).toBe(0);
  host.allocate(5 * MIB);
  expect(live.size).toBe(1);
});

test("what the device refuses to pin, or where it pins nothing, is plain memory", () => {
  const { memory, live } = pinning(2 * MIB);
  expect(createHostMemory(memory, 100 * MIB).allocate(3 * MIB)!.data.length).toBe(3 * MIB);
  expect(live.size).toBe(0);
  expect(createHostMemory(fakeMemory(), 100 * MIB).allocate(3 * MIB)!.data.length).toBe(3 * MIB);
});

test("too little room is a returned value", () => {
  expect(createHostMemory(fakeMemory(), 0).allocate(2 ** 52)).toBeNull();
});
