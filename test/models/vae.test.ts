import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openVae, type VaeModel } from "../../src/models/vae/open.ts";
import { imageToPixels, pixelsToImage } from "../../src/models/vae/pixels.ts";
import { openBackends } from "./backends.ts";
import { type Golden, golden } from "./golden.ts";
import { runPass } from "./harness.ts";
import { sharedExists, sharedSource } from "./shared.ts";

const DECODED: Readonly<Record<string, string>> = {
  "out.conv_in": "decoder.conv_in",
  "out.mid.block_1": "decoder.mid.block_1",
  "out.mid.attn_1": "decoder.mid.attn_1",
  "out.mid.block_2": "decoder.mid.block_2",
  "out.up.3.blocks": "decoder.up.3.block.2",
  "out.up.3.upsample": "decoder.up.3.upsample",
  "out.up.2.blocks": "decoder.up.2.block.2",
  "out.up.1.blocks": "decoder.up.1.block.2",
  "out.up.0.blocks": "decoder.up.0.block.2",
  "out.raw": "image",
};
const ENCODED: Readonly<Record<string, string>> = {
  "out.conv_in": "encoder.conv_in",
  "out.down.1.blocks": "encoder.down.1.block.1",
  "out.down.2.blocks": "encoder.down.2.block.1",
  "out.down.2.downsample": "encoder.down.2.downsample",
  "out.down.3.blocks": "encoder.down.3.block.1",
  "out.mid": "encoder.mid.block_2",
  "out.latent": "latent",
};

describe.skipIf(!sharedExists)("Flux 2's VAE against the goldens", async () => {
  const backends = sharedExists ? await openBackends() : [];
  let tiny: VaeModel;
  beforeAll(async () => {
    tiny = openVae(await sharedSource("golden/vae/flux2_weights"));
  });
  afterAll(async () => {
    await tiny.source.close();
    for (const { backend } of backends) await backend.close();
  });

  describe.each(backends)("$name", ({ backend, slow }) => {
    const decode = async (g: Golden, model: VaeModel, from: string, wanted: Readonly<Record<string, string>>) => {
      const [batch, , height, width] = g.shape(from) as [number, number, number, number];
      const present = Object.entries(wanted).filter(([key]) => g.has(key));
      const results = await runPass(
        backend,
        model,
        model.decode({ batch, height, width }),
        { latent: g.values(from) },
        { outputs: ["image", ...present.map(([, carried]) => carried)] },
      );
      for (const [key, carried] of present) g.check(key, results[carried]!);
      g.check("out.image", imageToPixels(results["image"]!, batch, 16 * height, 16 * width).data);
    };
    const encode = async (g: Golden, model: VaeModel, wanted: Readonly<Record<string, string>>) => {
      const [batch, high, wide, channels] = g.shape("in.image") as [number, number, number, number];
      const pixels = { batch, height: high, width: wide, channels, data: g.values("in.image") };
      const { image, height, width } = pixelsToImage(pixels, model.cell);
      if (g.has("out.encoder_in")) g.check("out.encoder_in", image);
      const present = Object.entries(wanted).filter(([key]) => g.has(key));
      expect(present.length).toBeGreaterThan(0);
      const outputs = present.map(([, carried]) => carried);
      const results = await runPass(backend, model, model.encode({ batch, height, width }), { image }, { outputs });
      for (const [key, carried] of present) g.check(key, results[carried]!);
    };

    test.each(["flux2_decode_64x64", ...(slow ? [] : ["flux2_decode_48x80", "flux2_decode_batch2"])])(
      "%s",
      async (name) => decode(await golden(`vae/${name}`), tiny, "in.latent", DECODED),
    );
    test.each(["flux2_encode_64x64", ...(slow ? [] : ["flux2_encode_48x80", "flux2_encode_crop"])])(
      "%s",
      async (name) => encode(await golden(`vae/${name}`), tiny, ENCODED),
    );
  });
});
