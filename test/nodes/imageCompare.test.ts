import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodePng } from "../../src/formats/png.ts";
import { n, openWorld } from "./world.ts";

const world = openWorld();
afterAll(() => world.close());

test("both sides are shown, by names of their own; the page's value is a list and no link", async () => {
  const colour = (color: number, batch_size: number) => n("EmptyImage", { width: 2, height: 1, batch_size, color });
  const events: unknown[] = [];
  const prompt = {
    1: colour(0xff0000, 2),
    2: colour(0x0000ff, 1),
    3: n("ImageCompare", { compare_view: { __value__: ["", ""] }, image_a: ["1", 0], image_b: ["2", 0] }),
    4: n("ImageCompare", { compare_view: "", image_b: ["2", 0] }),
    5: n("GetImageSize", { image: ["1", 0] }),
    6: n("PreviewAny", { source: ["5", 2] }),
  };
  const { outputs } = await world.run(prompt, { onEvent: (event) => events.push(event) });
  type Shown = Record<"a_images" | "b_images", { filename: string; type: string }[]>;
  const { a_images, b_images } = outputs["3"] as Shown;
  expect(a_images.map(({ type }) => type)).toEqual(["temp", "temp"]);
  const pixel = ({ filename }: { filename: string }) => [
    ...decodePng(readFileSync(join(world.folders.temp, filename))).data.subarray(0, 3),
  ];
  expect([...a_images, ...b_images].map(pixel)).toEqual([
    [255, 0, 0],
    [255, 0, 0],
    [0, 0, 255],
  ]);
  expect(a_images[1]!.filename).toMatch(/^comfy\.compare\.a_temp_[a-z]{5}_00002_\.png$/);
  expect(b_images[0]!.filename).toMatch(/^comfy\.compare\.b_temp_[a-z]{5}_00001_\.png$/);
  expect((outputs["4"] as Shown).a_images).toEqual([]);
  // a node may say a line while it runs
  expect(events).toContainEqual(
    expect.objectContaining({ kind: "progress_text", node: "5", text: "width: 2, height: 1\n batch size: 2" }),
  );
});

test("lists run node by node: a rebatched picture is shown a batch at a time", async () => {
  const { outputs } = await world.run({
    1: n("EmptyImage", { width: 1, height: 1, batch_size: 5, color: 0 }),
    2: n("RebatchImages", { images: ["1", 0], batch_size: 2 }),
    3: n("GetImageSize", { image: ["2", 0] }),
    4: n("PreviewAny", { source: ["3", 2] }),
  });
  expect(outputs["4"]).toEqual({ text: ["2", "2", "1"] });
});
