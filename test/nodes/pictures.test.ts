import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodePng, encodePng, readPngText } from "../../src/formats/png.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import { readWorkflow } from "../../src/workflow/readWorkflow.ts";
import { sharedFolder } from "../workflow/objectInfoNodes.ts";
import { n, openWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const picture = (prefix: string, extra: Record<string, unknown> = {}): Prompt => ({
  "1": n("EmptyImage", { width: 20, height: 12, batch_size: 1, color: 0x336699, ...extra }),
  "2": n("SaveImage", { images: ["1", 0], filename_prefix: prefix }),
});
const output = (...path: string[]) => join(world.folders.output, ...path);
const saved = (filename: string, subfolder = "") => ({ images: [{ filename, subfolder, type: "output" }] });

describe("SaveImage", () => {
  test("writes the picture, its prompt and what came with it", async () => {
    const prompt = picture("weir");
    const seed = { ...prompt, "9": n("RandomNoise", { noise_seed: 2n ** 64n - 1n }) };
    const extra = { workflow: { title: "\u753b\u50cf", big: 2n ** 63n } };
    const result = await world.run(seed, { extraPngInfo: extra });
    expect(result.outputs["2"]).toEqual(saved("weir_00001_.png"));
    const bytes = readFileSync(output("weir_00001_.png"));
    const pixels = decodePng(bytes);
    expect(pixels).toMatchObject({ width: 20, height: 12, channels: 3 });
    expect([...pixels.data.subarray(0, 3)]).toEqual([0x33, 0x66, 0x99]);
    expect(Object.keys(readPngText(bytes))).toEqual(["prompt", "workflow"]);
    expect(readWorkflow({ name: "p", pngText: readPngText(bytes) })).toEqual({ prompt: seed, extraPngInfo: extra });
  });

  test("a picture makes the same bytes again", async () => {
    await world.run({ ...picture("weir"), "9": n("RandomNoise", { noise_seed: 2n ** 64n - 1n }) });
    const first = readFileSync(output("weir_00001_.png"));
    const { prompt, extraPngInfo } = readWorkflow({ name: "p", pngText: readPngText(first) });
    world.cache.clear();
    await world.run(prompt, { extraPngInfo });
    expect(readFileSync(output("weir_00002_.png")).equals(first)).toBe(true);
  });

  test("no text with metadata off", async () => {
    await world.run(picture("weir"), { extraPngInfo: { workflow: {} }, disableMetadata: true });
    expect(readPngText(readFileSync(output("weir_00001_.png")))).toEqual({});
  });

  test("a batch, tokens, and the counter after the highest there is", async () => {
    mkdirSync(world.folders.output);
    for (const name of ["p-20x12_00007_.png", "p-20x12_00002_.png", "p-20x12_x_.png", "p-20x12-other_00050_.png"]) {
      writeFileSync(output(name), "");
    }
    const result = await world.run(picture("p-%width%x%height%", { batch_size: 3 }));
    expect(result.outputs["2"]!["images"]).toMatchObject([
      { filename: "p-20x12_00008_.png" },
      { filename: "p-20x12_00009_.png" },
      { filename: "p-20x12_00010_.png" },
    ]);
    expect(readdirSync(world.folders.output).filter((name) => name.endsWith(".tmp"))).toEqual([]);
  });

  test("%batch_num% is the picture's place in its batch; nothing is overwritten", async () => {
    await world.run(picture("p%batch_num%", { batch_size: 2 }));
    world.cache.clear();
    await world.run(picture("p%batch_num%", { batch_size: 2 }));
    expect(readdirSync(world.folders.output).sort()).toEqual([
      "p0_00001_.png",
      "p0_00002_.png",
      "p1_00002_.png",
      "p1_00003_.png",
    ]);
  });

  test("a prefix with folders", async () => {
    const result = await world.run(picture("a/b/c"));
    expect(result.outputs["2"]).toEqual(saved("c_00001_.png", "a/b"));
    expect(existsSync(output("a", "b", "c_00001_.png"))).toBe(true);
  });

  test.each(["../x", "a/../../x", "/elsewhere/x", "..", "a/..", "x\0y"])(
    "the prefix %j is refused, nothing is written",
    async (prefix) => {
      await expect(world.run(picture(prefix))).rejects.toMatchObject({ code: "output-escape" });
      expect(existsSync(world.folders.output) ? readdirSync(world.folders.output) : []).toEqual([]);
    },
  );

  test("a folder that leads out by a link is refused", async () => {
    mkdirSync(world.folders.output);
    symlinkSync(tmpdir(), output("link"));
    await expect(world.run(picture("link/x"))).rejects.toMatchObject({ code: "output-escape" });
  });

  test("an output folder that cannot be made is a clear error", async () => {
    writeFileSync(world.folders.output, "a file");
    await expect(world.run(picture("x"))).rejects.toMatchObject({
      code: "output-unwritable",
      message: expect.stringContaining("Choose another --output-directory"),
    });
  });

  test("the same again shows the first file and writes no other", async () => {
    await world.run(picture("weir"));
    const again = await world.run(picture("weir"));
    expect(again.outputs["2"]).toEqual(saved("weir_00001_.png"));
    expect(readdirSync(world.folders.output)).toEqual(["weir_00001_.png"]);
  });
});

test("PreviewImage saves into temp under a name of its own", async () => {
  const result = await world.run({
    "1": n("EmptyImage", { width: 8, height: 8, batch_size: 1, color: 0 }),
    "2": n("PreviewImage", { images: ["1", 0] }),
  });
  const [image] = result.outputs["2"]!["images"] as { filename: string; type: string }[];
  expect(image).toMatchObject({
    subfolder: "",
    type: "temp",
    filename: expect.stringMatching(/^ComfyUI_temp_[a-z]{5}_00001_\.png$/),
  });
  expect(readdirSync(world.folders.temp)).toEqual([image!.filename]);
});

describe("LoadImage", () => {
  const load = (image: string): Prompt => ({
    "1": n("LoadImage", { image }),
    "2": n("ImageInvert", { image: ["1", 0] }),
    "3": n("SaveImage", { images: ["2", 0], filename_prefix: "inverted" }),
  });
  const put = (name: string, value: number) =>
    writeFileSync(
      join(world.folders.input, name),
      encodePng({ width: 2, height: 1, channels: 4, data: Uint8Array.from([value, 0, 255, 255, value, 0, 255, 51]) }),
    );

  test("a picture, and 1 - alpha as its mask", async () => {
    put("a.png", 10);
    const { outputs } = await world.node("LoadImage").execute({ image: "a.png" }, world.context());
    const [image, mask] = outputs as [{ channels: number; data: Float32Array }, { data: Float32Array }];
    expect(image.channels).toBe(3);
    expect([...image.data]).toEqual([10 / 255, 0, 1, 10 / 255, 0, 1].map(Math.fround));
    expect([...mask.data]).toEqual([0, 1 - Math.fround(0.2)].map(Math.fround));
  });

  test("a changed file runs again, an unchanged one does not", async () => {
    put("a.png", 10);
    expect((await world.run(load("a.png"))).executed).toEqual(["1", "2", "3"]);
    expect((await world.run(load("a.png"))).executed).toEqual([]);
    put("a.png", 11);
    expect((await world.run(load("a.png"))).executed).toEqual(["1", "2", "3"]);
    expect(decodePng(readFileSync(output("inverted_00002_.png"))).data[0]).toBe(244);
  });

  test("subfolders and other folders by their name", async () => {
    mkdirSync(join(world.folders.input, "sub"));
    put("sub/a.png", 1);
    expect((await world.check(load("sub/a.png"))).ok).toBe(true);
    mkdirSync(world.folders.output);
    writeFileSync(output("b.png"), readFileSync(join(world.folders.input, "sub", "a.png")));
    expect((await world.check(load("b.png [output]"))).ok).toBe(true);
    expect((await world.check(load("b.png"))).ok).toBe(false);
  });

  test.each(["missing.png", "../a.png", "/etc/hostname", "", "link.png"])("%j is no picture", async (name) => {
    symlinkSync("/etc/hostname", join(world.folders.input, "link.png"));
    expect(await world.check(load(name))).toMatchObject({
      ok: false,
      nodeErrors: {
        "1": { errors: [{ type: "custom_validation_failed", details: `image - Invalid image file: ${name}` }] },
      },
    });
  });

  test("a file that is no picture names itself and what it is", async () => {
    writeFileSync(join(world.folders.input, "a.png"), "GIF89a......");
    await expect(world.run(load("a.png"))).rejects.toMatchObject({
      code: "unsupported-format",
      message: expect.stringMatching(/a\.png: is a GIF picture; PNG, JPEG, WebP and BMP are read$/),
    });
  });

  const folder = new URL("golden/nodes/load_image/", sharedFolder);
  test.skipIf(!existsSync(folder))(
    "palettes, greys, 16 bits, BMP and WebP, to the recorded shapes (needs ../shared)",
    async () => {
      const recorded = JSON.parse(readFileSync(new URL("golden/nodes/load_image.json", sharedFolder), "utf8"));
      for (const [name, { image, mask }] of Object.entries(recorded.params.files) as [
        string,
        { image: number[]; mask: number[] },
      ][]) {
        writeFileSync(join(world.folders.input, name), readFileSync(new URL(name, folder)));
        const { outputs } = await world.node("LoadImage").execute({ image: name }, world.context());
        const [got, gotMask] = outputs as [Record<string, number>, Record<string, number>];
        expect([got["batch"], got["height"], got["width"], got["channels"]], name).toEqual(image);
        expect([gotMask["batch"], gotMask["height"], gotMask["width"]], name).toEqual(mask);
      }
    },
  );
});
