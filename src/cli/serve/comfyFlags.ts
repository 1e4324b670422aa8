const PRECISION =
  "weights are computed with in the encoding that their file has; --force-fp32 is there for exact numbers";
const ATTENTION = "attention is ggml's; there is one kind of it";
const TORCH = "there is no PyTorch here";
const FILES = "files are read in pieces, and pickles are never opened";
const MANAGER = "nodes of one's own are a folder: --custom-nodes";

/**
 * Flags of ComfyUI's server that change nothing here, and why: a command line written for it runs, and whoever relies on one is told. Those that
 * would end it at once (--quick-test-for-ci, --list-feature-flags) are not taken: they would not do what they say.
 */
export const COMFY_FLAGS: Readonly<Record<string, string>> = {
  "--cuda-device <index>": "use --device, which takes names; `weir doctor` lists them",
  "--oneapi-device-selector <text>": "use --device, which takes names; `weir doctor` lists them",
  "--directml [index]": "use --device vulkan",
  "--cuda-malloc": TORCH,
  "--disable-cuda-malloc": TORCH,
  "--disable-ipex-optimize": TORCH,
  "--force-channels-last": TORCH,
  "--force-non-blocking": TORCH,
  "--enable-triton-backend": TORCH,
  "--fp32-unet": PRECISION,
  "--fp64-unet": PRECISION,
  "--bf16-unet": PRECISION,
  "--fp16-unet": PRECISION,
  "--fp8_e4m3fn-unet": PRECISION,
  "--fp8_e5m2-unet": PRECISION,
  "--fp8_e8m0fnu-unet": PRECISION,
  "--fp16-vae": PRECISION,
  "--fp32-vae": PRECISION,
  "--bf16-vae": PRECISION,
  "--fp8_e4m3fn-text-enc": PRECISION,
  "--fp8_e5m2-text-enc": PRECISION,
  "--fp16-text-enc": PRECISION,
  "--fp32-text-enc": PRECISION,
  "--bf16-text-enc": PRECISION,
  "--supports-fp8-compute": "--fp8 says what eight-bit floats become",
  "--fast [what...]": "there is no other way to compute that would be less exact",
  "--cpu-vae": "the VAE streams through device memory as everything does; it need not fit",
  "--normalvram": "it is the default",
  "--use-quad-cross-attention": ATTENTION,
  "--use-sage-attention": ATTENTION,
  "--use-flash-attention": ATTENTION,
  "--disable-xformers": ATTENTION,
  "--force-upcast-attention": ATTENTION,
  "--dont-upcast-attention": ATTENTION,
  "--mmap-torch-files": FILES,
  "--disable-mmap": FILES,
  "--enable-manager": MANAGER,
  "--disable-manager-ui": MANAGER,
  "--enable-manager-legacy-ui": MANAGER,
  "--whitelist-custom-nodes <names...>": MANAGER,
  "--front-end-version <version>": "nothing is downloaded; --front-end-root names a folder with the page",
  "--comfy-api-base <url>": "there are no nodes of paid services",
  "--enable-assets": "there is no store of assets",
};
