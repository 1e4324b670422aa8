import { expect, test } from "vitest";
import { tiled } from "./tiled.ts";

const input = (batch: number, height: number, width: number) => ({
  batch,
  channels: 2,
  height,
  width,
  data: new Float32Array(batch * 2 * height * width).map((_, i) => Math.sin(i)),
});
const same = { channels: 2, size: (cells: number) => cells };

/** Passes tiles through, and keeps what was announced and made. */
function recorder() {
  const announced: string[] = [];
  let [made, open] = [0, 0];
  const begin = async ({ height, width }: { height: number; width: number }, count: number) => {
    expect(open++, "one run at a time").toBe(0);
    announced.push(`${count} of ${height}x${width}`);
    return {
      make: async (tile: Float32Array) => {
        made++;
        expect(tile.length).toBe(2 * height * width);
        return tile;
      },
      end: () => void open--,
    };
  };
  return { begin, announced, counts: () => ({ made, open }) };
}

test("what needs no neighbours comes out as it went in, from several tilings", async () => {
  const given = input(2, 7, 11);
  const { begin } = recorder();
  const tilings = [
    { height: 3, width: 4, overlap: 1 },
    { height: 2, width: 8, overlap: 1 },
    { height: 9, width: 12, overlap: 3 },
  ];
  const out = await tiled(given, tilings, same, begin);
  for (const [i, value] of out.entries()) expect(value).toBeCloseTo(given.data[i]!, 6);
});

test("each size is announced once a tiling, with all its tiles of all pictures; a whole is made once", async () => {
  const { begin, announced, counts } = recorder();
  const whole = { height: 10, width: 10, overlap: 1 };
  await tiled(input(3, 5, 7), [whole, { height: 5, width: 4, overlap: 1 }, { ...whole, height: 8 }], same, begin);
  expect(announced).toEqual(["3 of 5x7", "6 of 5x4"]);
  expect(counts()).toEqual({ made: 9, open: 0 });
});

test("every tile of every picture is told of, and the whole once", async () => {
  const told: string[] = [];
  const { begin } = recorder();
  const whole = { height: 10, width: 10, overlap: 1 };
  const tilings = [whole, { height: 5, width: 4, overlap: 1 }, { ...whole, height: 8 }];
  await tiled(input(3, 5, 7), tilings, same, begin, (done, total) => told.push(`${done}/${total}`));
  expect(told).toEqual(Array.from({ length: 9 }, (_, i) => `${i + 1}/9`));
});

test("a run that fails is over", async () => {
  let ended = 0;
  const begin = async () => ({
    make: () => Promise.reject(new Error("no")),
    end: () => void ended++,
  });
  await expect(tiled(input(1, 4, 4), [{ height: 2, width: 2, overlap: 0 }], same, begin)).rejects.toThrow("no");
  expect(ended).toBe(1);
});
