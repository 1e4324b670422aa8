/** What ComfyUI lists as models, and GGUF. Listing is not loading: pickles are never opened. */
export const MODEL_EXTENSIONS = [".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft", ".gguf"];
