import { CorruptFile, MissingTensor, UnsupportedFormat } from "../../errors.ts";
import { quote } from "../../quote.ts";
import type { TensorEntry, WeightSource } from "../../weightSource.ts";
import { isHadamardSize } from "./hadamard.ts";
import { TILE_COLUMNS, TILE_ROWS } from "./rowParts.ts";
import type { StoredLayer } from "./storedLayers.ts";

/** Formats by the names that `comfy_quant` gives them. */
const FORMATS = [
  "float8_e4m3fn",
  "float8_e5m2",
  "int8_tensorwise",
  "nvfp4",
  "mxfp8",
  "convrot_w4a4",
  "asym_w4a8_int8",
] as const;

const DESCRIPTION = ".comfy_quant";
/** A description has tens of bytes. */
const MOST_BYTES = 4096;
/** Beside the weight; what it means depends on the format. */
const PARTS = [
  "weight_scale",
  "scale_weight",
  "input_scale",
  "scale_input",
  "weight_scale_2",
  "pre_quant_scale",
  "weight_s_rel",
  "weight_s_channel",
  "weight_codebook",
  "comfy_quant",
] as const;

type Description = Readonly<Record<string, unknown>>;

/**
 * The layers that a file describes as ComfyUI does: a tensor `comfy_quant` of JSON beside the weight, or all of them in the metadata's
 * `_quantization_metadata`; and eight-bit floats with a scale beside them, as older files have (their marker is a tensor `scaled_fp8`).
 * Reads the descriptions. Throws CorruptFile, MissingTensor, UnsupportedFormat, each naming the layer; and as `read` does.
 * Source: ComfyUI 0.33's formats, by golden/quant/comfy_quant.
 */
export async function comfyLayers(file: WeightSource): Promise<StoredLayer[]> {
  const layers: StoredLayer[] = [];
  const legacy = [...file.tensors.keys()].some((name) => /(^|\.)scaled_fp8$/.test(name));
  for (const [stem, description] of await descriptions(file)) layers.push(readLayer(file, stem, description, legacy));
  const known = new Set(layers.map(({ name }) => name));
  for (const { name, encoding, shape } of file.tensors.values()) {
    if (!name.endsWith(".weight") || known.has(name) || shape.length !== 2) continue;
    if (encoding !== "F8_E4M3" && encoding !== "F8_E5M2") continue;
    const stem = name.slice(0, -".weight".length);
    if (!file.tensors.has(`${stem}.scale_weight`) && !file.tensors.has(`${stem}.weight_scale`)) continue;
    layers.push(readLayer(file, stem, { format: encoding === "F8_E4M3" ? "float8_e4m3fn" : "float8_e5m2" }, legacy));
  }
  return layers;
}

async function descriptions(file: WeightSource): Promise<Map<string, Description>> {
  const found = new Map<string, Description>();
  const told = file.metadata["_quantization_metadata"];
  if (told !== undefined) {
    const { layers } = parse(file, "metadata _quantization_metadata", told);
    if (!isRecord(layers)) throw new CorruptFile(file.path, "its _quantization_metadata has no layers");
    const prefix = prefixOf(file, Object.keys(layers));
    for (const [stem, description] of Object.entries(layers)) {
      if (!isRecord(description))
        throw new CorruptFile(file.path, `its _quantization_metadata says no format of ${quote(stem)}`);
      found.set(prefix + stem, description);
    }
  }
  for (const { name, bytes } of file.tensors.values()) {
    if (!name.endsWith(DESCRIPTION)) continue;
    if (bytes > MOST_BYTES) throw new CorruptFile(file.path, `${name} has ${bytes} bytes, the limit is ${MOST_BYTES}`);
    const text = new Uint8Array(bytes);
    await file.read(name, 0, text);
    found.set(name.slice(0, -DESCRIPTION.length), parse(file, name, new TextDecoder().decode(text)));
  }
  return found;
}

/** Metadata may name layers as the model does, tensors as a checkpoint of several models. */
function prefixOf({ tensors }: WeightSource, stems: readonly string[]): string {
  for (const stem of stems) {
    if (tensors.has(`${stem}.weight`)) return "";
    for (const name of tensors.keys())
      if (name.endsWith(`.${stem}.weight`)) return name.slice(0, -`${stem}.weight`.length);
  }
  return "";
}

function parse(file: WeightSource, what: string, text: string): Description {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch {
    // told below
  }
  throw new CorruptFile(file.path, `${what} is no JSON object`);
}

/** `legacy`: the file is marked as one of ComfyUI's older kind. */
function readLayer(file: WeightSource, stem: string, description: Description, legacy: boolean): StoredLayer {
  const name = `${stem}.weight`;
  const { format } = description;
  if (!FORMATS.includes(format as (typeof FORMATS)[number]))
    throw new UnsupportedFormat(
      file.path,
      `${quote(stem)} is quantised as ${quote(String(format))}; supported are ${FORMATS.join(", ")}, optimum-quanto's and GGUF's`,
    );
  const need = (part: string): TensorEntry => {
    const entry = file.tensors.get(`${stem}.${part}`);
    if (entry) return entry;
    throw new MissingTensor(
      file.path,
      `has no tensor ${quote(`${stem}.${part}`)}, which ${quote(stem)}, quantised as ${format}, needs`,
    );
  };
  const data = need("weight");
  const expect = (entry: TensorEntry, encodings: readonly string[], size?: number): TensorEntry => {
    if (!encodings.includes(entry.encoding))
      throw new CorruptFile(file.path, `${entry.name} is ${entry.encoding}; ${format} has ${encodings.join(" or ")}`);
    const values = entry.shape.reduce((n, length) => n * length, 1);
    if (size !== undefined && values !== size)
      throw new CorruptFile(file.path, `${entry.name} has ${values} values, ${format} of [${data.shape}] has ${size}`);
    return entry;
  };
  if (data.shape.length !== 2 || data.shape.some((size) => size < 1))
    throw new CorruptFile(file.path, `${name} is [${data.shape}], a quantised layer has 2 axes`);
  const [rows, stored] = data.shape as readonly [number, number];
  const scaleOf = (part: string): string => {
    const entry = expect(need(part), ["F32", "F16", "BF16"]);
    const values = entry.shape.reduce((n, length) => n * length, 1);
    if (values !== 1 && values !== rows)
      throw new CorruptFile(file.path, `${entry.name} is [${entry.shape}], expected one value or ${rows}`);
    return entry.name;
  };
  const rotation = (): number => {
    const size = description["convrot_groupsize"] ?? 256;
    if (typeof size !== "number" || !isHadamardSize(size))
      throw new CorruptFile(file.path, `${quote(stem)} is turned in groups of ${String(size)}, expected a power of 4`);
    return size;
  };
  const turned = (columns: number): { readonly rotation: number } => {
    const size = rotation();
    if (columns % size !== 0)
      throw new CorruptFile(file.path, `${name} has rows of ${columns} values, which are no groups of ${size}`);
    return { rotation: size };
  };
  const tiles = (group: number, columns: number): number => {
    if (columns % group !== 0)
      throw new CorruptFile(file.path, `${name} has rows of ${columns} values, which are no groups of ${group}`);
    const [down, across] = [Math.ceil(rows / TILE_ROWS), Math.ceil(columns / group / TILE_COLUMNS)];
    return down * TILE_ROWS * across * TILE_COLUMNS;
  };
  const parts = PARTS.map((part) => `${stem}.${part}`).filter((part) => file.tensors.has(part));
  const pre = file.tensors.get(`${stem}.pre_quant_scale`);
  const layer = {
    name,
    format: String(format),
    shape: [rows, stored] as const,
    parts,
    ...(pre && { inputScale: expect(pre, ["F32", "F16", "BF16"]).name }),
  };
  const older = file.tensors.has(`${stem}.scale_weight`) ? "scale_weight" : "weight_scale";
  switch (format as (typeof FORMATS)[number]) {
    case "float8_e4m3fn":
    case "float8_e5m2": {
      const { encoding } = expect(data, ["F8_E4M3", "F8_E5M2"]);
      const code = encoding === "F8_E4M3" ? encoding : legacy ? "legacy e5m2" : "F8_E5M2";
      return { ...layer, stored: { kind: "fp8", code, data: name }, scale: scaleOf(older) };
    }
    case "int8_tensorwise":
      expect(data, ["I8"]);
      return {
        ...layer,
        stored: { kind: "int8", data: name },
        scale: scaleOf("weight_scale"),
        ...(description["convrot"] === true && turned(stored)),
      };
    case "convrot_w4a4":
      expect(data, ["I8", "U8"]);
      return {
        ...layer,
        shape: [rows, 2 * stored],
        stored: { kind: "int4", data: name },
        scale: scaleOf("weight_scale"),
        ...turned(2 * stored),
      };
    case "asym_w4a8_int8": {
      expect(data, ["I8", "U8"]);
      const group = description["group_size"];
      if (typeof group !== "number" || !(Number.isSafeInteger(group) && group > 0) || (2 * stored) % group !== 0)
        throw new CorruptFile(file.path, `${name} has rows of ${2 * stored} values and groups of ${String(group)}`);
      const scales = expect(need("weight_s_rel"), ["F8_E4M3"], (rows * 2 * stored) / group).name;
      const codebook = expect(need("weight_codebook"), ["F32"], 16).name;
      return {
        ...layer,
        shape: [rows, 2 * stored],
        stored: { kind: "codebook4", data: name, scales, codebook, group },
        scale: scaleOf("weight_s_channel"),
        ...turned(2 * stored),
      };
    }
    case "nvfp4": {
      expect(data, ["U8", "I8"]);
      const scales = expect(need("weight_scale"), ["F8_E4M3", "U8"], tiles(16, 2 * stored)).name;
      return {
        ...layer,
        shape: [rows, 2 * stored],
        stored: { kind: "nvfp4", data: name, scales },
        scale: scaleOf("weight_scale_2"),
      };
    }
    case "mxfp8": {
      expect(data, ["F8_E4M3"]);
      const scales = expect(need("weight_scale"), ["U8", "F8_E8M0"], tiles(32, stored)).name;
      return { ...layer, stored: { kind: "mxfp8", data: name, scales } };
    }
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
