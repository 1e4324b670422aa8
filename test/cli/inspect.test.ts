import { copyFileSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { writeSafetensors } from "../../src/formats/writeSafetensors.ts";
import { root, runBuilt } from "./built.ts";
import { weir } from "./harness.ts";

const models = join(root, "demo/models");
const dit = join(models, "diffusion_models/weir-demo-dit.safetensors");
let cwd: string;
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), "weir-inspect-"));
});
afterEach(() => rmSync(cwd, { recursive: true }));
const inspect = async (...args: readonly string[]) => {
  const { code, out, err } = await weir(["inspect", ...args], { cwd });
  return { code, out: out.replaceAll(root, "ROOT"), err: err.replaceAll(cwd, "CWD") };
};

test("the demo's transformer", async () => {
  expect((await inspect(dit)).out).toMatchInlineSnapshot(`
    "ROOT/demo/models/diffusion_models/weir-demo-dit.safetensors: a Flux 2 transformer
      6.52 M parameters in 37 tensors, 13.0 MB
      BF16 13.0 MB (37 tensors)
      channels 128, hidden 256, heads 2, headDim 128, context 384, time 256, doubleBlocks 1, singleBlocks 4, doubleInner 768, singleInner 768, guidance false
    Needs at 1024 x 1024 pixels, 512 tokens of text:
      --vram-weights 3.41MB at least, of 13.0 MB of weights
      --vram 81.9MB at least, about: 78.4 MB beside the weights
    Stages, in the order in which they run:
      modulation  2.49 MB
      start  262 KB
      double_blocks.0  3.41 MB
      join  0 B
      single_blocks.0 to 3  1.70 MB each, 4 of them
      final_layer  65.5 KB
    Metadata:
      "format" "pt"
      "modelspec.title" "Weir demo: transformer"
      "modelspec.license" "CC0-1.0"
    "
  `);
});

test("its VAE and text encoder have stages, its LoRA has groups", async () => {
  expect((await inspect(join(models, "vae/weir-demo-vae.safetensors"))).out).toContain("decoder.mid.attn_1  265 KB");
  expect((await inspect(join(models, "text_encoders/weir-demo-te.safetensors"))).out).toContain(
    "layers.0 to 2  296 KB",
  );
  const lora = (await inspect(join(models, "loras/weir-demo-outline.safetensors"))).out;
  expect(lora).toContain("a LoRA");
  expect(lora).toContain("diffusion_model.single_blocks.0 to 3");
  expect(lora).toContain("layers 25, kinds LoRA 25, rank 8\n");
  expect(lora).toContain("made for Flux 2 (256 wide); LoraLoader and LoraLoaderModelOnly put it on a model");
});

test("--json: the bytes add up", async () => {
  const found = JSON.parse((await inspect(dit, "--json")).out);
  expect(found).toMatchObject({ kind: "flux2", tensors: 37, dims: { hidden: 256 }, metadata: { format: "pt" } });
  const sum = (rows: readonly { bytes: number }[]) => rows.reduce((total, { bytes }) => total + bytes, 0);
  expect(sum(found.encodings)).toBe(sum(found.groups));
  expect(sum(found.needs.stages)).toBe(found.needs.residentBytes);
  expect(found.parameters).toBe(sum(found.encodings) / 2);
});

test("the least --vram-weights is the least: one byte less is refused", async () => {
  const demo = join(root, "demo");
  const needs = await Promise.all(
    ["diffusion_models/weir-demo-dit", "text_encoders/weir-demo-te", "vae/weir-demo-vae"].map(
      async (name) => JSON.parse((await inspect(join(models, `${name}.safetensors`), "--json")).out).needs.vramWeights,
    ),
  );
  const least = Math.max(...needs);
  const run = (bytes: number) =>
    runBuilt(
      ["run", join(demo, "klein.json"), "--base-directory", demo, "--device", "cpu", "--steps", "1"].concat([
        ...["--set", "9.width=64", "--set", "9.height=64", "-o", "x.png", "--vram-weights", `${bytes}B`],
      ]),
      cwd,
    );
  expect(await run(least)).toMatchObject({ code: 0, out: "x.png\n" });
  expect(await run(least - 1)).toMatchObject({ code: 4, err: expect.stringContaining("--vram-weights") });
});

describe("hostile and wrong files are typed errors", () => {
  const file = (name: string, bytes: Uint8Array | string) => {
    writeFileSync(join(cwd, name), bytes);
    return name;
  };
  const header = (text: string) => {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
    return Buffer.concat([length, Buffer.from(text)]);
  };

  test("not there, a folder, empty, a picture, cut, a lying header", async () => {
    expect(await inspect("none.safetensors")).toMatchObject({ code: 2, err: expect.stringContaining("no such file") });
    expect(await inspect(".")).toMatchObject({ code: 1, err: expect.stringMatching(/^weir: (?!internal)/) });
    expect(await inspect(file("empty", ""))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^weir: (?!internal)/),
    });
    expect(await inspect(file("a.png", "\x89PNG\r\n\x1a\n0000"))).toMatchObject({ code: 1 });
    copyFileSync(dit, join(cwd, "cut"));
    truncateSync(join(cwd, "cut"), 100_000);
    expect(await inspect("cut")).toMatchObject({ code: 1, err: expect.stringContaining("is the download complete?") });
    const huge = '{"w": {"dtype": "F32", "shape": [9007199254740991, 9007199254740991], "data_offsets": [0, 16]}}';
    expect(await inspect(file("huge", header(huge)))).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^weir: (?!internal)/),
    });
  });

  test("a model that lacks a tensor says which", async () => {
    const { err, code } = await inspect(
      file(
        "broken",
        header(
          '{"double_stream_modulation_img.lin.weight": {"dtype": "F32", "shape": [2, 2], "data_offsets": [0, 16]}}',
        ).toString("latin1") + "0".repeat(16),
      ),
    );
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining("img_in.weight is missing") });
  });

  test("names and metadata cannot drive a terminal", async () => {
    const path = join(cwd, "evil.safetensors");
    await writeSafetensors(
      path,
      [{ name: "\u001b[31mred\u0007.0.w", encoding: "F32", shape: [1], data: new Uint8Array(4) }],
      { "\u001b]0;title\u0007": "\u009b2J" },
    );
    const { code, out } = await inspect(path);
    expect(code).toBe(0);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what it looks for
    expect(out.replaceAll("\n", "")).not.toMatch(/[\u0000-\u001f\u007f-\u009f]/);
  });
});
