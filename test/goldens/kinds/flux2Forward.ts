import { flux2Inputs, type ReferenceMethod } from "../../../src/models/flux2/index.ts";
import { loadFlux2, references } from "../flux2Case.ts";
import type { GoldenTensor } from "../goldenCase.ts";
import { type GoldenDevice, runPass } from "../goldenDevice.ts";
import type { KindRunner } from "../kindRunner.ts";
import { floats, input } from "../params.ts";

export const flux2Forward: KindRunner = {
  kind: "flux2.forward",
  onDevice: true,
  async run(golden, device: GoldenDevice) {
    const { model, loaded } = await loadFlux2(golden, device);
    const { hidden, doubleBlocks, singleBlocks, headDim } = model.dims;
    const [batch, channels, height, width] = input(golden, "x").shape as [number, number, number, number];
    const refs = references(golden);
    const guided = golden.inputs.has("guidance");
    const shape = {
      batch,
      height,
      width,
      textTokens: input(golden, "context").shape[1]!,
      guidance: guided,
      references: refs,
      ...(refs.length > 0 && { referenceMethod: golden.params["ref_method"] as ReferenceMethod }),
    };
    const given = {
      x: floats(golden, "x"),
      sigma: floats(golden, "timestep"),
      context: floats(golden, "context"),
      ...(guided && { guidance: floats(golden, "guidance") }),
      references: refs.map(({ samples }) => samples),
    };
    const inputs = flux2Inputs(model.dims, shape, given);
    const pass = model.pass(shape);
    const inner = Object.keys(pass.carried).filter((name) => !pass.inputs.includes(name));
    const got = await runPass(loaded, pass, inputs, inner);

    const values: Record<string, GoldenTensor> = {};
    const put = (name: string, shape: readonly number[], data: Float32Array) => (values[name] = { shape, data });
    const tokens = (name: string, carried: string) => {
      const data = got[carried]!;
      put(name, [batch, data.length / batch / hidden, hidden], data);
    };
    tokens("out.img_in", "img.0");
    tokens("out.txt_in", "txt.0");
    for (let n = 0; n < doubleBlocks; n++) {
      tokens(`out.double.${n}.img`, `img.${n + 1}`);
      tokens(`out.double.${n}.txt`, `txt.${n + 1}`);
    }
    for (let n = 0; n < singleBlocks; n++) tokens(`out.single.${n}`, `seq.${n + 1}`);
    for (const [name, count] of [
      ["img", 2],
      ["txt", 2],
      ["single", 1],
    ] as const)
      for (let n = 0; n < 3 * count; n++) {
        const part = ["shift", "scale", "gate"][n % 3];
        const data = columns(got[`modulation.${name}`]!, batch, 3 * count, n);
        put(`out.mod_${name}.${Math.floor(n / 3)}.${part}`, [batch, 1, hidden], data);
      }
    // reference tokens may have a time of their own: then there are two vectors
    const times = got["vec"]!.length / batch / hidden;
    put("out.vec", times > 1 ? [batch, times, hidden] : [batch, hidden], got["vec"]!);
    put("out.final", [batch, channels, height, width], got["out"]!);
    put("out.final_tokens", [batch, height * width, channels], transposed(got["out"]!, batch, channels));
    put("out.timestep_embedding", [batch, model.dims.time], inputs["time"] as Float32Array);
    const all = (inputs["cos"] as Float32Array).length / headDim;
    // one table serves the whole batch
    const table = turns(inputs["cos"] as Float32Array, inputs["sin"] as Float32Array);
    put("out.pe", [batch, 1, all, headDim / 2, 2, 2], columns(table, 1, 1, 0, batch));

    // vec is time_in + guidance_in: a pass without a guidance value gives the first alone
    let time = got["vec"]!;
    if (guided) {
      const plain = { ...shape, guidance: false };
      time = (await runPass(loaded, model.pass(plain), flux2Inputs(model.dims, plain, given), ["vec"]))["vec"]!;
      put(
        "out.guidance_in",
        [batch, hidden],
        got["vec"]!.map((v, i) => v - time[i]!),
      );
    }
    put("out.time_in", [batch, hidden], time);
    return { values };
  },
};

/** Part `n` of `parts` of each row, the whole `times` over. */
function columns(data: Float32Array, rows: number, parts: number, n: number, times = 1): Float32Array {
  const width = data.length / rows / parts;
  const out = new Float32Array(rows * width * times);
  for (let r = 0; r < rows * times; r++) {
    const from = ((r % rows) * parts + n) * width;
    out.set(data.subarray(from, from + width), r * width);
  }
  return out;
}

/** [batch, channels, cells] to [batch, cells, channels]. */
function transposed(data: Float32Array, batch: number, channels: number): Float32Array {
  const cells = data.length / batch / channels;
  return data.map((_, i) => {
    const [b, rest] = [Math.floor(i / (cells * channels)), i % (cells * channels)];
    return data[(b * channels + (rest % channels)) * cells + Math.floor(rest / channels)]!;
  });
}

/** Rotations [[cos, -sin], [sin, cos]] of each pair, from the tables the graph reads (`sin` has the minus at its even places). */
function turns(cos: Float32Array, sin: Float32Array): Float32Array {
  const out = new Float32Array(2 * cos.length);
  for (let i = 0; i < cos.length; i += 2) out.set([cos[i]!, sin[i]!, sin[i + 1]!, cos[i + 1]!], 2 * i);
  return out;
}
