import { join } from "node:path";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import { openFlux2 } from "../../src/models/flux2/index.ts";
import { openTextEncoder } from "../../src/models/text/index.ts";
import { root } from "../cli/built.ts";

/** The stages that the demo's workflow runs before its picture is decoded, as the engine's crash switch counts them (from 1). */
export interface DemoStages {
  /** Stages of the text encoder, which run first. */
  readonly text: number;
  /** Stages that run once for each step before the first one: what its time makes of the layers. */
  readonly modulation: number;
  /** Names of the transformer's stages, of which each step runs all. */
  readonly step: readonly string[];
}

/** Read from the models' headers, so that a demo with other depths is counted right as well. */
export async function demoStages(): Promise<DemoStages> {
  const models = join(root, "demo/models");
  const text = await openSafetensors(join(models, "text_encoders/weir-demo-te.safetensors"));
  const transformer = await openSafetensors(join(models, "diffusion_models/weir-demo-dit.safetensors"));
  try {
    const model = openFlux2(transformer);
    const shape = { batch: 1, height: 4, width: 4, textTokens: 1 };
    return {
      text: openTextEncoder(text).pass(1).stages.length,
      modulation: model.modulation(shape).stages.length,
      step: model.steps(shape).stages.map(({ name }) => name),
    };
  } finally {
    await Promise.all([text.close(), transformer.close()]);
  }
}
