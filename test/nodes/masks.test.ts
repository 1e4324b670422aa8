import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { decodePng, encodePng } from "../../src/formats/png.ts";
import { n, openWorld } from "./world.ts";

const world = openWorld();
afterAll(() => world.close());

test("a mask from a picture's channel, shown and not kept", async () => {
  const data = Uint8Array.of(10, 20, 30, 255, 40, 50, 60, 51);
  writeFileSync(join(world.folders.input, "p.png"), encodePng({ width: 2, height: 1, channels: 4, data }));
  const shown: unknown[] = [];
  for (const channel of ["green", "alpha"]) {
    const { outputs } = await world.run({
      1: n("LoadImageMask", { image: "p.png", channel }),
      2: n("MaskPreview", { mask: ["1", 0] }),
    });
    const [picture] = outputs["2"]!["images"] as [{ filename: string; subfolder: string; type: string }];
    expect(picture).toMatchObject({
      type: "temp",
      filename: expect.stringMatching(/^ComfyUI_temp_[a-z]{5}_00001_\.png$/),
    });
    shown.push([...decodePng(readFileSync(join(world.folders.temp, picture.filename))).data]);
  }
  expect(shown).toEqual([
    [20, 20, 20, 50, 50, 50],
    [0, 0, 0, 204, 204, 204],
  ]);
});

test("a file that is not there is refused before anything runs", async () => {
  expect(
    await world.check({
      1: n("LoadImageMask", { image: "q.png", channel: "red" }),
      2: n("MaskPreview", { mask: ["1", 0] }),
    }),
  ).toMatchObject({
    ok: false,
    nodeErrors: { 1: { errors: [{ type: "custom_validation_failed", details: "image - Invalid image file: q.png" }] } },
  });
});
