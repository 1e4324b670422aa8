/** A prompt in ComfyUI's API format. */
export type Prompt = Record<
  string,
  { class_type: string; inputs: Record<string, unknown>; _meta?: { title?: string } }
>;

export interface Wish {
  readonly text: string;
  readonly width: number;
  readonly height: number;
  readonly steps: number;
  /** Digits: a seed goes up to 2^64 - 1, a JavaScript number does not. */
  readonly seed: string;
  readonly unet: string;
  readonly clip: string;
  readonly vae: string;
}

/** Stands where the seed's digits go. Quotes within texts are escaped, so that no text can be taken for it. */
const SEED = "@seed@";

/** The body of POST /prompt: the demo's workflow with what is wished. */
export function promptBody(workflow: Prompt, wish: Wish, clientId: string): string {
  const size = { width: wish.width, height: wish.height };
  const changes: Record<string, Record<string, unknown>> = {
    CLIPTextEncode: { text: wish.text },
    RandomNoise: { noise_seed: SEED },
    Flux2Scheduler: { steps: wish.steps, ...size },
    EmptyFlux2LatentImage: size,
    UNETLoader: { unet_name: wish.unet },
    CLIPLoader: { clip_name: wish.clip },
    VAELoader: { vae_name: wish.vae },
    SaveImage: { filename_prefix: "weir" },
  };
  const prompt = Object.fromEntries(
    Object.entries(workflow).map(([id, node]) => {
      return [id, { ...node, inputs: { ...node.inputs, ...changes[node.class_type] } }];
    }),
  );
  const body = { prompt, client_id: clientId, extra_data: { preview_method: "latent2rgb" } };
  return JSON.stringify(body).replace(`"${SEED}"`, wish.seed);
}

/** What a prompt is about, in a line: its text, else its classes. */
export function aboutPrompt(prompt: Prompt): string {
  const nodes = Object.values(prompt);
  const text = nodes
    .map(({ inputs }) => inputs["text"])
    .find((value) => typeof value === "string" && value.trim() !== "");
  return typeof text === "string" ? text : [...new Set(nodes.map(({ class_type }) => class_type))].join(", ");
}
