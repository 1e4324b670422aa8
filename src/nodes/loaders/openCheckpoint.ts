import { openWeights } from "../../formats/openWeights.ts";
import type { WeightSource } from "../../formats/weightSource.ts";
import { WrongModel } from "../../models/errors.ts";
import { openFlux2 } from "../../models/flux2/index.ts";
import { identify } from "../../models/registry.ts";
import { openTextEncoder } from "../../models/text/index.ts";
import { openVae } from "../../models/vae/index.ts";
import type { WeirContext } from "../context.ts";
import { modelPath } from "./openFile.ts";

const WANTED = "an all-in-one Flux 2 checkpoint";
/** What such a file has to have, and what finds it there. */
const PARTS: readonly (readonly [part: string, open: (source: WeightSource) => unknown])[] = [
  ["Flux 2 transformer", openFlux2],
  ["Qwen3 or Mistral 3 text encoder", (source) => openTextEncoder(source)],
  ["Flux 2 VAE", openVae],
];

/**
 * Opens a file, and says before anything is loaded whether it has all three parts of a Flux 2 checkpoint. Throws `WrongModel`, which says what
 * the file is and which parts are not in it; `BrokenModel` where a part is incomplete; and as `openFile` does.
 */
export async function openCheckpoint(folder: string, name: string, context: WeirContext): Promise<WeightSource> {
  const source = await openWeights(modelPath(folder, name, context), context.runtime.quant);
  try {
    const missing = PARTS.filter(([, open]) => !opens(open, source)).map(([part]) => `no ${part}`);
    if (missing.length === 0) return source;
    const { kind, what } = identify(source);
    const other = kind !== "flux2" && missing.length === PARTS.length;
    const next = other
      ? "Flux 2 is what runs here: choose a checkpoint of it, or its three files with UNETLoader, CLIPLoader and VAELoader."
      : "Parts that are files of their own are loaded with UNETLoader, CLIPLoader and VAELoader, from their own folders.";
    throw new WrongModel(source.path, WANTED, `${what}, and has ${list(missing)}`, next);
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** Whether the file has this kind of model in it. */
function opens(open: (source: WeightSource) => unknown, source: WeightSource): boolean {
  try {
    open(source);
    return true;
  } catch (error) {
    if (error instanceof WrongModel) return false;
    throw error;
  }
}

const list = (words: readonly string[]): string =>
  words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
