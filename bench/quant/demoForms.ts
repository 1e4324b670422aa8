import { cp, mkdir, readdir, readFile, symlink } from "node:fs/promises";
import path from "node:path";
import { createEngine } from "../../src/engine/engine.ts";
import { decodePng } from "../../src/formats/decodePng.ts";
import { readFloat32 } from "../../src/formats/readFloat32.ts";
import { openSafetensors } from "../../src/formats/safetensors.ts";
import type { Prompt } from "../../src/workflow/node.ts";
import { DEMO } from "../support/demoImages.ts";
import { FORMS, type Form, fileOf } from "./forms.ts";
import { writeVariant } from "./writeVariant.ts";

const FILE = "weir-demo-dit.safetensors";

/** An error over all seeds together, and of each alone. */
export interface SeedErrors {
  readonly all: number;
  readonly each: readonly number[];
}

/** What the demo's pictures say of a form: errors of the final latents, relative RMS. */
export interface DemoForm {
  readonly form: Form;
  /** Of the values that the file holds, exact, in f32, against the bf16 file in f32: what the format itself costs. */
  readonly formatError: SeedErrors;
  /** As it runs, against the bf16 file in f32. */
  readonly error: SeedErrors;
  /** As it runs, against the same file's exact values in f32: what the form in memory and the arithmetic add. */
  readonly added: SeedErrors;
  /** RGB bytes of the first seed's picture, 256 x 256. */
  readonly picture: Uint8Array;
}

export const SIDE = 256;

/** Draws the demo's picture in every form, `seeds` times each, through the engine and the real nodes. */
export async function demoForms(folder: string, seeds: number, say: (text: string) => void): Promise<DemoForm[]> {
  const models = path.join(folder, "models", "diffusion_models");
  await mkdir(models, { recursive: true });
  const original = path.join(DEMO, "models", "diffusion_models", FILE);
  await cp(original, path.join(models, "bf16.safetensors"));
  for (const kind of ["text_encoders", "vae"])
    await symlink(path.join(DEMO, "models", kind), path.join(folder, "models", kind));
  const written = new Set(["bf16.safetensors"]);
  for (const form of FORMS) {
    const file = fileOf(form);
    if (!written.has(file)) await writeVariant(original, path.join(models, file), form.format);
    written.add(file);
  }

  const text = await readFile(path.join(DEMO, "klein.json"), "utf8");
  const draw = async (forms: readonly Form[], options: { readonly forceFp32: boolean; readonly fp8: Form["fp8"] }) => {
    const name = `${options.forceFp32 ? "fp32" : options.fp8}`;
    const output = path.join(folder, name);
    const engine = await createEngine(
      {
        ...options,
        baseDirectory: folder,
        outputDirectory: output,
        disableMetadata: true,
        disableDynamicVram: false,
        verbose: false,
        device: "cpu",
        threads: 1,
      },
      { onCrumb: () => {}, onStage: () => {} },
    );
    const drawn = new Map<Form, { readonly latents: Float32Array[]; readonly picture: Uint8Array }>();
    try {
      for (const form of forms) {
        say(`demo, ${form.label}, ${name}`);
        const latents: Float32Array[] = [];
        for (let seed = 0; seed < seeds; seed++) {
          const stem = `${FORMS.indexOf(form)}-${seed}`;
          const result = await engine.run(
            { id: stem, prompt: promptOf(text, form, seed, stem), extraPngInfo: {} },
            new AbortController().signal,
            () => {},
          );
          if (result.status !== "success") throw new Error(`${form.label}: ${JSON.stringify(result)}`);
          const saved = await openSafetensors(await found(output, `${stem}_`, ".latent"));
          latents.push(await readFloat32(saved, "latent_tensor"));
          await saved.close();
        }
        const png = decodePng(await readFile(await found(output, `${FORMS.indexOf(form)}-0_`, ".png")));
        drawn.set(form, { latents, picture: Uint8Array.from(png.data) });
      }
    } finally {
      await engine.close();
    }
    return drawn;
  };
  // the format itself is the same file whatever `--fp8` is
  const files = FORMS.filter(({ fp8 }) => fp8 === "q8_0");
  // at once, on a thread each: a busy machine is hard on threads that wait for each other
  const [exact, small, wide] = await Promise.all([
    draw(files, { forceFp32: true, fp8: "q8_0" }),
    draw(files, { forceFp32: false, fp8: "q8_0" }),
    draw(
      FORMS.filter(({ fp8 }) => fp8 === "f16"),
      { forceFp32: false, fp8: "f16" },
    ),
  ]);
  const truth = exact.get(FORMS[0]!)!.latents;
  return FORMS.map((form) => {
    const same = files.find(({ format, weightDtype }) => format === form.format && weightDtype === form.weightDtype)!;
    const own = (form.fp8 === "f16" ? wide : small).get(form)!;
    return {
      form,
      formatError: errors(exact.get(same)!.latents, truth),
      error: errors(own.latents, truth),
      added: errors(own.latents, exact.get(same)!.latents),
      picture: own.picture,
    };
  });
}

function promptOf(text: string, form: Form, seed: number, stem: string): Prompt {
  const prompt = JSON.parse(text) as Record<string, { class_type: string; inputs: Record<string, unknown> }>;
  const set = (type: string, values: Record<string, unknown>) => {
    for (const node of Object.values(prompt)) if (node.class_type === type) Object.assign(node.inputs, values);
  };
  set("UNETLoader", { unet_name: fileOf(form), weight_dtype: form.weightDtype });
  set("RandomNoise", { noise_seed: seed });
  set("SaveImage", { filename_prefix: stem });
  const [sampled] = Object.entries(prompt).find(([, node]) => node.class_type === "SamplerCustomAdvanced")!;
  prompt["latent"] = { class_type: "SaveLatent", inputs: { samples: [sampled, 0], filename_prefix: stem } };
  return prompt as Prompt;
}

async function found(folder: string, start: string, end: string): Promise<string> {
  const name = (await readdir(folder)).find((name) => name.startsWith(start) && name.endsWith(end));
  if (name === undefined) throw new Error(`nothing in ${folder} is called ${start}...${end}`);
  return path.join(folder, name);
}

const errors = (a: readonly Float32Array[], b: readonly Float32Array[]): SeedErrors => ({
  all: apart(a, b),
  each: a.map((values, seed) => apart([values], [b[seed]!])),
});

/** Relative RMS of the difference. */
function apart(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  let [difference, size] = [0, 0];
  for (const [n, values] of a.entries())
    for (const [i, value] of values.entries()) {
      difference += (value - b[n]![i]!) ** 2;
      size += b[n]![i]! ** 2;
    }
  return Math.sqrt(difference / size);
}
