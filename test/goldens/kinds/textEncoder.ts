import { openTextEncoder, textInputs } from "../../../src/models/text/index.ts";
import type { GoldenCase, GoldenTensor } from "../goldenCase.ts";
import { loadModel, runPass } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { input, param } from "../params.ts";

/** The kinds of a text encoder, by what one family's cases leave out: the id that is not read, the width of a head. */
export const textEncoder = (
  kind: string,
  facts: (golden: GoldenCase) => { readonly pad: number; readonly headDim?: number },
): KindRunner => ({
  kind,
  onDevice: true,
  async run(golden, device) {
    const taps = param(golden, "taps", "numbers");
    const { pad, ...rest } = facts(golden);
    const file = golden.find(`${param(golden, "weights", "string")}.safetensors`);
    const { model, loaded } = await loadModel(device, file, (source) => openTextEncoder(source, { taps, ...rest }));
    const ids = Array.from(input(golden, "tokens").data, Number);
    const tokens = ids.length;
    const inputs = await textInputs(model, ids, pad);
    const pass = model.pass(tokens);
    const layers = Object.keys(pass.carried).filter((name) => name.startsWith("hidden.") && name !== "hidden.0");
    const got = await runPass(loaded, pass, inputs, layers);

    const { hidden } = model.dims;
    const context = got["context"]!;
    const values: Record<string, GoldenTensor> = {};
    const put = (name: string, width: number, data: Float32Array) =>
      (values[name] = { shape: [1, tokens, width], data });
    put("out.context", model.contextWidth, context);
    put("out.layer_in.0", hidden, inputs["hidden.0"] as Float32Array);
    for (const name of layers) put(`out.layer_in.${name.slice("hidden.".length)}`, hidden, got[name]!);
    // the last tap goes straight into the context
    const last = new Float32Array(tokens * hidden);
    for (let t = 0; t < tokens; t++)
      last.set(context.subarray((t + 1) * model.contextWidth - hidden, (t + 1) * model.contextWidth), t * hidden);
    put(`out.layer_in.${taps.at(-1)}`, hidden, last);
    // what the last query sees, of a mask that is causal beside: every key that is no pad
    const seen = (inputs["mask"] as Uint16Array).subarray(-tokens);
    values["out.attention_mask"] = { shape: [1, tokens], data: Array.from(seen, (bits) => (bits === 0 ? 1 : 0)) };
    return { values };
  },
});
