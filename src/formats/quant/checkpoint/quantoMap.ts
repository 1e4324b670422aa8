import { readFile, stat } from "node:fs/promises";
import path from "node:path";
import { CorruptFile } from "../../errors.ts";
import type { WeightSource } from "../../weightSource.ts";

/** As optimum-quanto's README saves it beside a state dict, and as its Hugging Face models have it. */
const FILES = ["quantization_map.json", "quanto_qmap.json"];
const METADATA = "quantization_map";
/** A layer takes some hundred bytes of it. */
const MOST_BYTES = 16 * 2 ** 20;

/** What optimum-quanto says of a file's layers. */
export interface QuantoMap {
  /** By the layer's name in the model: "qint4". Layers that are as they were are not in it. */
  readonly formats: ReadonlyMap<string, string>;
  /** It is in the file itself. One beside it may be another file's: it is asked where tensors leave a question, and holds nobody to anything. */
  readonly own: boolean;
}

/** The map in the file's metadata, else the one that lies beside it, else undefined. Throws CorruptFile where the metadata has no such map. */
export async function quantoMap(file: WeightSource): Promise<QuantoMap | undefined> {
  const told = file.metadata[METADATA];
  if (told !== undefined) {
    const formats = parse(told);
    if (!formats) throw new CorruptFile(file.path, `its metadata ${METADATA} is no map of layers`);
    return { formats, own: true };
  }
  for (const name of FILES) {
    const text = await textOf(path.join(path.dirname(file.path), name));
    const formats = text === undefined ? undefined : parse(text);
    if (formats) return { formats, own: false };
  }
  return undefined;
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    const found = await stat(path);
    // reading a pipe waits for its writer
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    return await readFile(path, "utf8");
  } catch {
    return undefined;
  }
}

/** {"layer": {"weights": "qint4", "activations": "none"}, ...} */
function parse(text: string): Map<string, string> | undefined {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof json !== "object" || json === null || Array.isArray(json)) return undefined;
  const formats = new Map<string, string>();
  for (const [layer, said] of Object.entries(json)) {
    const weights: unknown = (said as { readonly weights?: unknown } | null)?.weights;
    if (typeof weights !== "string") return undefined;
    // its short name
    if (weights !== "none") formats.set(layer, weights === "qfloat8" ? "qfloat8_e4m3fn" : weights);
  }
  return formats;
}
