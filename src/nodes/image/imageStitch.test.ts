import { describe, expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import { runNode } from "../testing/runNode.ts";
import type { Image } from "../values.ts";
import { ImageStitch } from "./imageStitch.ts";

/** Pictures of one value each, the batch counting up. */
const plain = (width: number, height: number, values: readonly number[], channels = 3): Image =>
  imageBatch(
    { width, height, channels, batch: values.length },
    Float32Array.from(values.flatMap((v) => new Array<number>(width * height * channels).fill(v))),
  );
/** The first channel of one picture, a text a row, a digit a tenth. */
const rows = ({ width, height, channels, data }: Image, n = 0) =>
  Array.from({ length: height }, (_, y) =>
    Array.from({ length: width }, (_, x) => Math.round(10 * data[((n * height + y) * width + x) * channels]!)).join(
      " ",
    ),
  );
const stitch = async (inputs: Record<string, unknown>) => {
  const defaults = { direction: "right", match_image_size: false, spacing_width: 0, spacing_color: "white" };
  return (await runNode(ImageStitch, { ...defaults, ...inputs }))["IMAGE"] as Image;
};

describe("ImageStitch", () => {
  const [one, two] = [plain(2, 2, [0.1]), plain(1, 2, [0.2])];

  test.each([
    ["right", ["1 1 2", "1 1 2"]],
    ["left", ["2 1 1", "2 1 1"]],
  ])("%s", async (direction, want) => {
    expect(rows(await stitch({ image1: one, image2: two, direction }))).toEqual(want);
  });

  test("up and down, the narrower one in the middle of a frame: black, unless the gap is white", async () => {
    const small = plain(1, 1, [0.2]);
    const down = await stitch({ image1: plain(4, 1, [0.1]), image2: small, direction: "down" });
    expect(rows(down)).toEqual(["1 1 1 1", "10 2 10 10"]);
    const up = await stitch({ image1: plain(4, 1, [0.1]), image2: small, direction: "up", spacing_color: "red" });
    expect(rows(up)).toEqual(["0 2 0 0", "1 1 1 1"]);
  });

  test("a gap has the colour, an odd one is a pixel wider, and alpha is 1 there", async () => {
    const image = await stitch({
      image1: one,
      image2: plain(1, 2, [0.2], 4),
      spacing_width: 1,
      spacing_color: "green",
    });
    expect(image).toMatchObject({ width: 5, height: 2, channels: 4 });
    expect([...image.data.subarray(0, 20)].map((v) => Math.round(10 * v))).toEqual([
      1, 1, 1, 10, 1, 1, 1, 10, 0, 10, 0, 10, 0, 10, 0, 10, 2, 2, 2, 2,
    ]);
  });

  test("matched in size the second keeps its proportions", async () => {
    const image2 = plain(6, 4, [0.2]);
    expect(await stitch({ image1: one, image2, match_image_size: true })).toMatchObject({ width: 5, height: 2 });
    const down = await stitch({ image1: one, image2, match_image_size: true, direction: "down" });
    expect(down).toMatchObject({ width: 2, height: 3 });
  });

  test("the shorter batch shows its last picture again; no second picture: the first", async () => {
    const image = await stitch({ image1: plain(1, 1, [0.1, 0.3, 0.5]), image2: plain(1, 1, [0.2, 0.4]) });
    expect([0, 1, 2].map((n) => rows(image, n))).toEqual([["1 2"], ["3 4"], ["5 4"]]);
    expect(await stitch({ image1: one })).toBe(one);
  });
});
