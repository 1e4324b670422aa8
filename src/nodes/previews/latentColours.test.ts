import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { imageBatch } from "../../image/image.ts";
import type { Latent } from "../values.ts";
import { readColours, writeColours } from "./colourFile.ts";
import { LatentColours } from "./latentColours.ts";

const FORMAT = { channels: 128, cell: 16 };

/** Values that differ everywhere, the same in each run. */
const value = (n: number): number =>
  ((Math.imul(n + 1, 2654435761) >>> 8) / 2 ** 24 - 0.5) * (1 + (Math.imul(n ^ 0x5bd1e995, 0x27d4eb2f) >>> 31));

function latentOf(width: number, height: number, shift = 0): Latent {
  const samples = Float32Array.from({ length: 128 * width * height }, (_, n) => value(n + shift));
  return { batch: 1, channels: 128, width, height, samples };
}

/** A decoder that is linear: a cell of 8 x 8 pixels has the colours of three of its channels. */
function decode({ width, height, samples }: Latent) {
  const image = imageBatch({ width: width * 16, height: height * 16, channels: 3, batch: 1 });
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x++) {
      const part = (Math.floor(y / 8) % 2) * 2 + (Math.floor(x / 8) % 2);
      const at = Math.floor(y / 16) * width + Math.floor(x / 16);
      const channel = (c: number) => samples[(c * 4 + part) * width * height + at]!;
      image.data.set([0.5 + channel(0), 0.5 - channel(5), 0.4 + 0.5 * channel(31)], (y * image.width + x) * 3);
    }
  }
  return image;
}

describe("colours", () => {
  test("what one picture taught, another one's latent shows", () => {
    const colours = new LatentColours();
    const first = latentOf(24, 16);
    colours.learn(first, decode(first), FORMAT);
    const other = latentOf(6, 4, 7777);
    const { width, height, rgb } = colours.preview(other, other.samples);
    expect([width, height]).toEqual([12, 8]);
    const image = decode(other);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let k = 0; k < 3; k++) {
          const wanted = image.data[((y * 8 + 4) * image.width + x * 8 + 4) * 3 + k]! * 255;
          expect(Math.abs(rgb[(y * width + x) * 3 + k]! - Math.min(255, Math.max(0, wanted)))).toBeLessThan(6);
        }
      }
    }
  });

  test("before that it is grey, and uses the range", () => {
    const latent = latentOf(8, 8);
    const { rgb } = new LatentColours().preview(latent, latent.samples);
    for (let at = 0; at < rgb.length; at += 3) expect([rgb[at + 1], rgb[at + 2]]).toEqual([rgb[at], rgb[at]]);
    expect(Math.max(...rgb) - Math.min(...rgb)).toBeGreaterThan(100);
  });

  test("a latent of one value, and a picture of other sides, end nothing", () => {
    const colours = new LatentColours();
    const flat = { ...latentOf(2, 2), samples: new Float32Array(128 * 4) };
    expect([...new Set(colours.preview(flat, flat.samples).rgb)]).toHaveLength(1);
    const cut = imageBatch({ width: 30, height: 32, channels: 3, batch: 1 });
    expect(() => colours.learn(flat, cut, FORMAT)).not.toThrow();
    expect(() => colours.learn(flat, decode(flat), FORMAT)).not.toThrow();
    expect(Number.isFinite(colours.preview(flat, flat.samples).rgb[0])).toBe(true);
  });

  test("latents that are not packed are taken cell by cell", () => {
    const latent: Latent = {
      batch: 1,
      channels: 16,
      width: 5,
      height: 3,
      samples: Float32Array.from({ length: 240 }, (_, n) => value(n)),
    };
    const { width, height, rgb } = new LatentColours().preview(latent, latent.samples);
    expect([width, height, rgb.length]).toEqual([5, 3, 45]);
  });

  test("what one process learned of a VAE the next one shows from its first preview, and of another VAE it knows nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "weir-colours-"));
    const file = join(folder, "user", "colours.json");
    const open = () => new LatentColours(readColours(file), (known) => writeColours(file, known));
    const first = latentOf(24, 16);
    const teacher = open();
    teacher.learn(first, decode(first), FORMAT, "a.safetensors 5 6");
    const other = latentOf(6, 4, 7777);
    const taught = teacher.preview(other, other.samples);
    const next = open();
    expect(next.preview(other, other.samples, ["x", "a.safetensors 5 6"])).toEqual(taught);
    const grey = new LatentColours().preview(other, other.samples);
    expect(grey).not.toEqual(taught);
    expect(next.preview(other, other.samples, ["a.safetensors 5 7"])).toEqual(grey);
    expect(
      next.preview({ ...other, channels: 32 }, other.samples.subarray(0, 32 * 24), ["a.safetensors 5 6"]).rgb,
    ).toHaveLength(72);
    rmSync(folder, { recursive: true });
  });

  test.each([
    ["nothing", null],
    ["no JSON", "{"],
    ["a list", "[1]"],
    ["too few weights", '{"128 a": [1, 2, 3]}'],
    ["words", `{"128 a": [${Array(99).fill('"x"')}]}`],
    ["a family that cannot be", '{"x a": [1]}'],
  ])("a file with %s teaches nothing and ends nothing", (_, text) => {
    const folder = mkdtempSync(join(tmpdir(), "weir-colours-"));
    const file = join(folder, "colours.json");
    if (text !== null) writeFileSync(file, text);
    expect(readColours(file)).toEqual(new Map());
    writeColours(join(file, "not-a-folder", "x"), new Map());
    rmSync(folder, { recursive: true });
  });
});
