import { join } from "node:path";
import { expect, test } from "vitest";
import { inspectSource } from "../../../src/cli/inspect/inspectFile.ts";
import { type Needs, needsOf } from "../../../src/cli/inspect/needs.ts";
import { matrixEncodings } from "../../../src/cli/plan/matrix/encodings.ts";
import { FLUX2_DEV, type Flux2Release, KLEIN_4B, KLEIN_9B } from "../../../src/cli/plan/matrix/flux2Header.ts";
import { planRelease } from "../../../src/cli/plan/matrix/planRelease.ts";
import { modelSets } from "../../../src/cli/pull/modelSets.ts";
import { openVae } from "../../../src/models/vae/index.ts";
import { neededForAll } from "../../../src/planner/neededForAll.ts";
import { planRuns } from "../../../src/planner/planRuns.ts";
import { formatBytes } from "../../../src/runtime/formatBytes.ts";
import { headerSource } from "../../support/headerSource.ts";
import { textShapes } from "../../support/textShapes.ts";
import { vaeShapes } from "../../support/vaeShapes.ts";
import { root } from "../built.ts";

/** What a model's part of a run needs of device memory. Bytes. */
interface Budget {
  readonly weights: number;
  /** Everything of it stays: weights, and what is beside them. */
  readonly all: number;
  /** The smallest `--vram` with which it runs at all. */
  readonly least: number;
}

const QWEN3 = { vocabulary: 151936, layers: 36, heads: 32, kvHeads: 8, headDim: 128, headNorms: true, finalNorm: true };
const MISTRAL3 = {
  vocabulary: 131072,
  hidden: 5120,
  inner: 32768,
  layers: 30,
  heads: 32,
  kvHeads: 8,
  headDim: 128,
  headNorms: false,
  finalNorm: false,
};
const ENCODERS = {
  "Qwen3 4B": textShapes({ ...QWEN3, hidden: 2560, inner: 9728 }),
  "Qwen3 8B": textShapes({ ...QWEN3, hidden: 4096, inner: 12288 }),
  "Mistral 3, 30 layers": { ...textShapes(MISTRAL3), tekken_model: [1] },
};
const WIDTHS = [128, 256, 512, 512];
const VAE = vaeShapes({ encoder: WIDTHS, decoder: WIDTHS, latent: 32 });

/** The set's transformer and encoder; the VAE is one for all. */
const MODELS: Readonly<Record<string, readonly [Flux2Release, encoding: string, encoder: keyof typeof ENCODERS]>> = {
  "klein-4b": [KLEIN_4B, "f16", "Qwen3 4B"],
  "klein-4b-fp8": [KLEIN_4B, "fp8", "Qwen3 4B"],
  "klein-4b-gguf": [KLEIN_4B, "GGUF Q4_K", "Qwen3 4B"],
  "klein-base-4b": [KLEIN_4B, "f16", "Qwen3 4B"],
  "klein-base-4b-fp8": [KLEIN_4B, "fp8", "Qwen3 4B"],
  "klein-9b": [KLEIN_9B, "f16", "Qwen3 8B"],
  "klein-9b-fp8": [KLEIN_9B, "fp8", "Qwen3 8B"],
  // Q4_0 has as many bits as Q4_K.
  "klein-9b-gguf": [KLEIN_9B, "GGUF Q4_K", "Qwen3 8B"],
  dev: [FLUX2_DEV, "f16", "Mistral 3, 30 layers"],
  "dev-fp8": [FLUX2_DEV, "fp8", "Mistral 3, 30 layers"],
  "dev-gguf": [FLUX2_DEV, "GGUF Q4_K", "Mistral 3, 30 layers"],
};

async function transformer(release: Flux2Release, encoding: string): Promise<Budget> {
  const plan = planRelease(release, matrixEncodings.find(({ name }) => name === encoding)!, 1024, 4);
  const { doesNotFit } = await planRuns("spread-pins", plan.input(1), { ram: 0 });
  const least = await neededForAll("spread-pins", plan.input(1), { ram: 0 }, doesNotFit!);
  return { weights: plan.modelBytes, all: plan.modelBytes + plan.besideBytes, least };
}

async function inspected(shapes: Readonly<Record<string, readonly number[]>>): Promise<Budget> {
  return budgetOf((await inspectSource(headerSource(shapes))).needs!);
}

/** Decoding one tile of so many pixels a side. */
async function tile(pixels: number): Promise<Budget> {
  const model = openVae(headerSource(VAE));
  const side = pixels / model.cell;
  const pass = model.decode({ batch: 1, height: side, width: side });
  return budgetOf(await needsOf({ model, pass, size: "", dims: {} }));
}

const budgetOf = ({ residentBytes, activationBytes, vram }: Needs): Budget => ({
  weights: residentBytes,
  all: residentBytes + activationBytes,
  least: vram,
});

const up = (bytes: number): string => formatBytes(bytes, "up");
const row = (...cells: readonly string[]): string => `| ${cells.join(" | ")} |`;

async function page(): Promise<string> {
  const encoders = new Map<string, Budget>();
  for (const [name, shapes] of Object.entries(ENCODERS)) encoders.set(name, await inspected(shapes));
  const vae = await inspected(VAE);

  const sets: string[] = [];
  const budgets: string[] = [];
  for (const [name, { what, files }] of Object.entries(modelSets)) {
    const [release, encoding, encoder] = MODELS[name]!;
    const parts = [await transformer(release, encoding), encoders.get(encoder)!, vae];
    const [first] = files;
    const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
    sets.push(
      row(
        `\`${name}\``,
        what,
        `\`${first!.repo}\``,
        `\`${first!.path.split("/").at(-1)}\``,
        formatBytes(first!.bytes),
        formatBytes(total),
      ),
    );
    budgets.push(
      row(
        `\`${name}\``,
        formatBytes(parts[0]!.weights),
        up(Math.max(...parts.map(({ least }) => least))),
        up(parts[0]!.least),
        up(parts[0]!.all),
        up(Math.max(...parts.map(({ all }) => all))),
      ),
    );
  }
  const shared = Object.values(modelSets).flatMap(({ files }) => files.slice(1));
  const others = [...new Map(shared.map((file) => [file.path, file])).values()].map(({ repo, path, folder, bytes }) =>
    row(`\`${path.split("/").at(-1)}\``, `\`${repo}\``, `models/${folder}`, formatBytes(bytes)),
  );
  const beside = [
    ...encoders,
    ["VAE, decoding 1024 x 1024", vae] as const,
    ["VAE, a tile of 512 x 512", await tile(512)] as const,
  ].map(([name, budget]) => row(name, formatBytes(budget.weights), up(budget.least), up(budget.all)));
  return TEMPLATE.replace("SETS", () => sets.join("\n"))
    .replace("OTHERS", () => others.join("\n"))
    .replace("BUDGETS", () => budgets.join("\n"))
    .replace("BESIDE", () => beside.join("\n"));
}

const TEMPLATE = `# Which files Flux 2 needs, and how much memory

A picture takes three files: a transformer, a text encoder and a VAE. \`weir pull\` fetches them from the Hugging Face Hub into the folders where ComfyUI and
Weir look for them:

    weir pull klein-4b --base-directory ~/ComfyUI
    weir run examples/klein-4b.json --base-directory ~/ComfyUI --vram 5GB --prompt "a fox in the snow"

\`weir pull NAME --dry-run\` says what would come, with the sizes of today; \`weir pull REPO --list\` what else a repo has. What is here already is not fetched again.
This page is made of the same table as the command and of the planner's numbers: \`npx vitest run test/cli/pull/modelsPage.test.ts -u\` writes it anew.

## Short names

| name | what | transformer from | file | size | all three files |
|---|---|---|---|---|---|
SETS

The transformer goes into models/diffusion_models. Beside it come the encoder of its size and the VAE, which is one for all:

| file | from | folder | size |
|---|---|---|---|
OTHERS

Sizes are GB of 10^9 bytes, about; what is fetched and checked is what the Hub says at the time. Which to take:

- **4B** needs no account. **9B** and **dev** in bf16, and 9B in fp8, are their makers' own repos, which ask for their terms to be accepted: log in, accept them on
  the repo's page, make a token that may read gated repos, and set \`HF_TOKEN\`. Without it \`weir pull\` says which page it is.
- **bf16** (the plain names), **fp8** and **GGUF** are all computed with. GGUF is smaller on disk, in VRAM and on the bus; \`weir pull OWNER/REPO --list\` shows the other
  encodings of a repo, and \`--include '*Q8_0.gguf'\` takes one. Load them with UnetLoaderGGUF, or UNETLoader.
- **fp8** files are those that ComfyUI's own templates name. In VRAM a weight of theirs takes 1.06 bytes (Q8_0), or 2 with \`--fp8 f16\`: [quantised.md](quantised.md).
- The **base** model takes 20 steps and a negative prompt (examples/klein-base-4b.json); klein and dev are distilled.

## Budgets

The three run one after another, and each gives its room to the next, so a workflow runs from the largest of three numbers up. All for a picture of 1024 x 1024 and 512 tokens
of text; the encoder is the 16-bit file.

| name | weights of the transformer | runs from \`--vram\` | its transformer alone | transformer stays whole from | nothing streams from |
|---|---|---|---|---|---|
BUDGETS

| beside it | weights that a run uses | runs from | stays whole from |
|---|---|---|---|
BESIDE

What asks most of a small card is the VAE, while it decodes a whole picture: VAEDecodeTiled in place of VAEDecode makes the picture in tiles, and then the next largest number counts.
Between the first and the last number a part of the weights streams in each step: how much, and how long it takes on cards of 8 to 24 GB, is in [plan.md](plan.md).
\`weir plan WORKFLOW --vram 8GB\` says it for your files and machine, and \`weir run\` refuses with the number where a budget is too small.

How they are computed: *runs from* is the residency core's own answer when it is given no room at all (\`weir inspect FILE\` prints the same), the largest stage's weights with the
activations beside them; *stays whole* is all weights of a pass and those activations, as \`weir plan --matrix\` has them. From shapes alone, nothing is measured; a GPU's driver takes
a few hundred MB more, which \`--vram\` counts. Token embeddings are gathered from the file row by row and take no room. fp8 (8.5 bits in memory: Q8_0) and GGUF are computed with
every matrix in that encoding; published files keep some in 16 bit and are a little larger.

RAM beside the card is not needed, but what VRAM does not hold comes from RAM if there is room and else from the disk in every step.

## Fetching

- **Where**: below \`--models-directory\`, else models/ in \`--base-directory\`, else in the current folder; by the folder that the repo's own path names (split_files/vae/...), else by the
  file's header. \`--to FOLDER\` puts it where you say. A file whose header tells nothing lies in models/ itself, with a warning.
- **Whole or not at all**: a file has its name only when its checksum is right (sha256 of large files, git's of small ones). Until then it is NAME.DIGEST.part beside its place. A cut
  connection, Ctrl-C, a full disk: the same command goes on from there. What changed on the Hub meanwhile is begun again. Nothing is overwritten.
- **Access**: \`HF_TOKEN\`, else the token that huggingface_hub saved (\`HF_TOKEN_PATH\`, \`HF_HOME\`). It goes to the Hub alone, never to the servers behind it.
- **Other Hubs and proxies**: \`HF_ENDPOINT\` names a mirror; \`HTTPS_PROXY\`, \`HTTP_PROXY\`, \`ALL_PROXY\` and \`NO_PROXY\` are honoured (http and https proxies). \`HF_HUB_OFFLINE=1\` forbids all of it.
- **By hand**: any way to get the files does. Put them into the folders above; names may differ, workflows choose them by name.
`;

test("docs/models.md is made of the table of short names and the planner's numbers", async () => {
  expect(Object.keys(MODELS)).toEqual(Object.keys(modelSets));
  await expect(await page()).toMatchFileSnapshot(join(root, "docs/models.md"));
});

test("a budget is never below what is in it", async () => {
  const [whole, small] = [await transformer(FLUX2_DEV, "f16"), await transformer(FLUX2_DEV, "GGUF Q4_K")];
  expect(whole.least).toBeGreaterThan(small.least);
  for (const { weights, all, least } of [whole, small]) {
    expect(all).toBeGreaterThan(weights);
    expect(least).toBeLessThan(weights);
  }
});
