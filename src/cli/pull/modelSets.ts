/** A file of a set. `bytes`: about, for help and documentation; what is fetched and checked is what the Hub says at the time. */
export interface SetFile {
  readonly repo: string;
  readonly path: string;
  readonly bytes: number;
  readonly folder: "diffusion_models" | "text_encoders" | "vae";
}

/** The files a workflow needs, under a short name. */
export interface ModelSet {
  readonly what: string;
  readonly files: readonly SetFile[];
  /** Said before it is fetched. */
  readonly note?: string;
}

const transformer = (repo: string, path: string, bytes: number): SetFile => ({
  repo,
  path,
  bytes,
  folder: "diffusion_models",
});
const encoder = (repo: string, name: string, bytes: number): SetFile => ({
  repo,
  path: `split_files/text_encoders/${name}`,
  bytes,
  folder: "text_encoders",
});

/** Source: flux2.md, "Files users have". */
const VAE: SetFile = {
  repo: "Comfy-Org/flux2-dev",
  path: "split_files/vae/flux2-vae.safetensors",
  bytes: 336e6,
  folder: "vae",
};
const QWEN_4B = encoder("Comfy-Org/flux2-klein", "qwen_3_4b.safetensors", 8.05e9);
/** The Hub's own list. */
const QWEN_8B = encoder("Comfy-Org/flux2-klein-9B", "qwen_3_8b.safetensors", 16.4e9);
const MISTRAL = encoder("Comfy-Org/flux2-dev", "mistral_3_small_flux2_bf16.safetensors", 35.6e9);
const klein4b = (name: string) =>
  transformer("Comfy-Org/flux2-klein", `split_files/diffusion_models/${name}.safetensors`, 7.75e9);
const byMaker = (repo: string, name: string, bytes: number) =>
  transformer(`black-forest-labs/${repo}`, `${name}.safetensors`, bytes);

/**
 * What `weir pull NAME` fetches. A plain name is the 16-bit file that its makers publish; -fp8 and -gguf are smaller encodings of the same.
 * Names, repos and sizes of bf16 and fp8 files: flux2.md and the links in ComfyUI's own templates; 9B and dev in bf16, Qwen3 8B and the GGUF
 * files: the Hub's public pages. Sizes in GB of 10^9.
 */
export const modelSets: Readonly<Record<string, ModelSet>> = {
  "klein-4b": { what: "Flux 2 klein 4B, bf16", files: [klein4b("flux-2-klein-4b"), QWEN_4B, VAE] },
  "klein-4b-fp8": {
    what: "Flux 2 klein 4B, fp8",
    files: [byMaker("FLUX.2-klein-4b-fp8", "flux-2-klein-4b-fp8", 4.07e9), QWEN_4B, VAE],
  },
  "klein-4b-gguf": {
    what: "Flux 2 klein 4B, GGUF Q4_K",
    files: [transformer("unsloth/FLUX.2-klein-4B-GGUF", "flux-2-klein-4b-Q4_K_M.gguf", 2.6e9), QWEN_4B, VAE],
  },
  "klein-base-4b": { what: "Flux 2 klein base 4B, bf16", files: [klein4b("flux-2-klein-base-4b"), QWEN_4B, VAE] },
  "klein-base-4b-fp8": {
    what: "Flux 2 klein base 4B, fp8",
    files: [byMaker("FLUX.2-klein-base-4b-fp8", "flux-2-klein-base-4b-fp8", 4.09e9), QWEN_4B, VAE],
  },
  "klein-9b": {
    what: "Flux 2 klein 9B, bf16",
    files: [byMaker("FLUX.2-klein-9B", "flux-2-klein-9b", 18.2e9), QWEN_8B, VAE],
  },
  "klein-9b-fp8": {
    what: "Flux 2 klein 9B, fp8",
    files: [byMaker("FLUX.2-klein-9b-fp8", "flux-2-klein-9b-fp8", 9.43e9), QWEN_8B, VAE],
  },
  "klein-9b-gguf": {
    what: "Flux 2 klein 9B, GGUF Q4_0",
    files: [transformer("leejet/FLUX.2-klein-9B-GGUF", "flux-2-klein-9b-Q4_0.gguf", 5.62e9), QWEN_8B, VAE],
  },
  dev: {
    what: "Flux 2 dev, bf16",
    files: [byMaker("FLUX.2-dev", "flux2-dev", 64.4e9), MISTRAL, VAE],
  },
  "dev-fp8": {
    what: "Flux 2 dev, fp8",
    files: [
      transformer("Comfy-Org/flux2-dev", "split_files/diffusion_models/flux2_dev_fp8mixed.safetensors", 35.5e9),
      MISTRAL,
      VAE,
    ],
  },
  "dev-gguf": {
    what: "Flux 2 dev, GGUF Q4_K",
    files: [transformer("city96/FLUX.2-dev-gguf", "flux2-dev-Q4_K_S.gguf", 19.3e9), MISTRAL, VAE],
  },
};
