import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readPngText } from "../../src/formats/png.ts";
import type { Image } from "../../src/nodes/values.ts";
import { n, openWorld, type World } from "./world.ts";

let world: World;
beforeEach(() => {
  world = openWorld();
});
afterEach(() => world.close());

const output = (name: string) => readFileSync(join(world.folders.output, name));
const prompt = (format: Record<string, unknown>) => ({
  "1": n("EmptyImage", { width: 3, height: 2, batch_size: 2, color: 0x80c040 }),
  "2": n("SaveImageAdvanced", { images: ["1", 0], filename_prefix: "adv", ...format }),
});
const PNG16 = { format: "png", "format.bit_depth": "16-bit", "format.input_color_space": "sRGB" };
const PNG8 = { ...PNG16, "format.bit_depth": "8-bit" };
const exr = (space: string) => ({
  format: "exr",
  "format.bit_depth": "32-bit float",
  "format.input_color_space": space,
});

/** Runs the node on pictures of ours. */
async function saveImage(images: Image, format: Record<string, unknown>, disableMetadata = false) {
  const context = { ...world.context({ disableMetadata }), prompt: {}, extraPngInfo: { workflow: { a: "\u753b" } } };
  const values = { images, filename_prefix: "own", ...format };
  return world.node("SaveImageAdvanced").execute(values, context);
}

/** What an EXR of one part, scan lines and no compression holds; by the format's own page, apart from what writes it. */
function readExr(bytes: Buffer) {
  expect(bytes.readUInt32LE(0)).toBe(20000630);
  expect(bytes.readUInt32LE(4)).toBe(2);
  const attributes = new Map<string, { type: string; value: Buffer }>();
  let at = 8;
  const word = () => {
    const end = bytes.indexOf(0, at);
    const text = bytes.toString("latin1", at, end);
    at = end + 1;
    return text;
  };
  while (bytes[at] !== 0) {
    const name = word();
    const type = word();
    const size = bytes.readInt32LE(at);
    attributes.set(name, { type, value: bytes.subarray(at + 4, at + 4 + size) });
    at += 4 + size;
  }
  at++;
  const window = attributes.get("dataWindow")!.value;
  const [width, height] = [window.readInt32LE(8) + 1, window.readInt32LE(12) + 1];
  const list = attributes.get("channels")!.value;
  const names: string[] = [];
  for (let i = 0; list[i] !== 0; i += 18) {
    names.push(String.fromCharCode(list[i]!));
    expect([...list.subarray(i + 1, i + 18)]).toEqual([0, 2, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]);
  }
  const planes = new Map(names.map((name) => [name, [] as number[]]));
  for (let y = 0; y < height; y++) {
    const start = Number(bytes.readBigUInt64LE(at + 8 * y));
    expect([bytes.readInt32LE(start), bytes.readInt32LE(start + 4)]).toEqual([y, 4 * width * names.length]);
    names.forEach((name, c) => {
      for (let x = 0; x < width; x++) planes.get(name)!.push(bytes.readFloatLE(start + 8 + 4 * (c * width + x)));
    });
  }
  return { attributes, width, height, names, planes, end: at + height * (16 + 4 * width * names.length) };
}

describe("SaveImageAdvanced", () => {
  test("PNG of 16 bits: values times 65535, cut off; prompt and workflow as text; names without a last underscore", async () => {
    const result = await world.run(prompt(PNG16), { extraPngInfo: { workflow: {} } });
    expect(result.outputs["2"]).toEqual({
      images: [1, 2].map((k) => ({ filename: `adv_0000${k}.png`, subfolder: "", type: "output" })),
    });
    const bytes = output("adv_00001.png");
    expect([...bytes.subarray(16, 26)]).toEqual([0, 0, 0, 3, 0, 0, 0, 2, 16, 2]);
    expect(Object.keys(readPngText(bytes))).toEqual(["prompt", "workflow"]);
    writeFileSync(join(world.folders.input, "back.png"), bytes);
    const back = (await world.node("LoadImage").execute({ image: "back.png" }, world.context())).outputs[0] as Image;
    // 0x80 / 255 in f32, times 65535, is a whole number or just below one: what comes back is that close
    expect(back.data[0]).toBeCloseTo(0x80 / 255, 4);
    expect(back.data[1]).toBeCloseTo(0xc0 / 255, 4);
    expect(back.data[2]).toBeCloseTo(0x40 / 255, 4);
  });

  test("16 bits hold what 8 do not; below 0 and above 1 is cut, NaN is 0", async () => {
    const data = Float32Array.of(0.1234, -1, 7, Number.NaN, 1 / 65535, 0.5);
    const images: Image = { batch: 1, width: 2, height: 1, channels: 3, data };
    await saveImage(images, PNG16);
    writeFileSync(join(world.folders.input, "back.png"), output("own_00001.png"));
    const back = (await world.node("LoadImage").execute({ image: "back.png" }, world.context())).outputs[0] as Image;
    const words = [...back.data].map((v) => Math.round(v * 65535));
    expect(words).toEqual([Math.floor(0.1234 * 65535), 0, 65535, 0, 1, 32767]);
  });

  test("PNG of 8 bits has SaveImage's pixels", async () => {
    await world.run({ ...prompt(PNG8), "3": n("SaveImage", { images: ["1", 0], filename_prefix: "plain" }) });
    const pixels = (name: string) => output(name).subarray(output(name).indexOf("IDAT"));
    expect(pixels("adv_00001.png")).toEqual(pixels("plain_00001_.png"));
  });

  test("a second run takes the next names", async () => {
    await world.run(prompt(PNG8));
    world.cache.clear();
    const again = await world.run(prompt(exr("sRGB")));
    expect(again.outputs["2"]!["images"]).toMatchObject([{ filename: "adv_00003.exr" }, { filename: "adv_00004.exr" }]);
  });

  test.each([
    ["sRGB", [0.215861, 0.527115, 0.051269], 0.64],
    ["linear", [128 / 255, 192 / 255, 64 / 255], 0.64],
    // from BT.2100's formula, by hand: ((128/255 - c) / a, exp, + b) / 12; (64/255)^2 / 3
    ["HDR", [0.083991, 0.268963, 0.020997], 0.708],
  ])("EXR from %s is linear", async (space, [r, g, b], red) => {
    const result = await world.run(prompt(exr(space)), { extraPngInfo: { workflow: { a: 1 } } });
    expect(result.outputs["2"]!["images"]).toMatchObject([{ filename: "adv_00001.exr" }, {}]);
    const bytes = output("adv_00001.exr");
    const { names, planes, attributes, width, height, end } = readExr(bytes);
    expect([names, width, height, end]).toEqual([["B", "G", "R"], 3, 2, bytes.length]);
    for (const [name, want] of [
      ["R", r!],
      ["G", g!],
      ["B", b!],
    ] as const) {
      expect(planes.get(name)).toHaveLength(6);
      for (const value of planes.get(name)!) expect(value).toBeCloseTo(want, 5);
    }
    expect(attributes.get("chromaticities")!.value.readFloatLE(0)).toBeCloseTo(red, 6);
    expect(JSON.parse(attributes.get("prompt")!.value.toString())).toEqual(prompt(exr(space)));
    expect(attributes.get("workflow")).toMatchObject({ type: "string", value: Buffer.from('{"a": 1}') });
  });

  test("EXR keeps what lies outside 0 to 1, alpha as it is, and grey as Y", async () => {
    const data = Float32Array.of(-2, 0.5, 30, 0.25);
    await saveImage({ batch: 1, width: 1, height: 1, channels: 4, data }, exr("linear"));
    expect([...readExr(output("own_00001.exr")).planes]).toEqual([
      ["A", [0.25]],
      ["B", [30]],
      ["G", [0.5]],
      ["R", [-2]],
    ]);
    await saveImage({ batch: 1, width: 2, height: 2, channels: 1, data }, exr("linear"), true);
    const grey = readExr(output("own_00002.exr"));
    expect([...grey.planes]).toEqual([["Y", [-2, 0.5, 30, 0.25]]]);
    expect(grey.attributes.has("workflow")).toBe(false);
  });

  test("pictures of two channels are refused with what can be saved", async () => {
    const two: Image = { batch: 1, width: 1, height: 1, channels: 2, data: Float32Array.of(0, 1) };
    await expect(saveImage(two, PNG8)).rejects.toMatchObject({
      code: "bad-node-input",
      message: "pictures of 2 channels cannot be saved; 1 (grey), 3 (RGB) and 4 (RGBA) can",
    });
  });
});
