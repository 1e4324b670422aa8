import { expect, test } from "vitest";
import { maskFromChannel } from "./maskFromChannel.ts";

const rgba = {
  width: 2,
  height: 1,
  channels: 4,
  max: 255,
  data: Uint8Array.of(0, 51, 255, 255, 255, 0, 0, 51),
} as const;
const values = (...list: number[]) => list.map((v) => expect.closeTo(v, 6));

test.each([
  ["red", [0, 1]],
  ["green", [0.2, 0]],
  ["blue", [1, 0]],
  ["alpha", [0, 0.8]],
] as const)("%s", (channel, want) => {
  const mask = maskFromChannel(rgba, channel);
  expect(mask).toMatchObject({ width: 2, height: 1, batch: 1 });
  expect([...mask.data]).toEqual(values(...want));
});

test("a grey picture has its grey in each colour; without alpha: 64 x 64 zeros", () => {
  const grey = { width: 1, height: 1, channels: 1, max: 65535, data: Uint16Array.of(13107) } as const;
  for (const channel of ["red", "green", "blue"] as const)
    expect([...maskFromChannel(grey, channel).data]).toEqual(values(0.2));
  expect(maskFromChannel(grey, "alpha")).toMatchObject({ width: 64, height: 64, data: new Float32Array(4096) });
});
