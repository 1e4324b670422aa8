import { CorruptFile, MissingTensor, UnsupportedFormat } from "../../errors.ts";
import { quote } from "../../quote.ts";
import type { TensorEntry, WeightSource } from "../../weightSource.ts";
import { quantoMap } from "./quantoMap.ts";
import type { StoredLayer } from "./storedLayers.ts";

const DATA = "._data";
const FORMATS: readonly string[] = ["qint8", "qint4", "qint2", "qfloat8_e4m3fn", "qfloat8_e5m2"];
const SUPPORTED = `${FORMATS.slice(0, -1).join(", ")} and ${FORMATS.at(-1)}`;
/** Beside the layer; what activations were calibrated to, which is not used. */
const CALIBRATION = ["input_scale", "output_scale"];

/**
 * The layers that optimum-quanto has quantised: `X.weight._data` and `._scale`, with nibbles or pairs of bits `._data._data` and a `._shift`.
 * Their tensors say nearly all that its map of layers does; a map in the file's metadata must agree with them, and a map beside the file is
 * asked for what they leave open (whether one group is of four bits or of two). Reads no weights. Throws CorruptFile, MissingTensor,
 * UnsupportedFormat, each naming the layer. Source: optimum-quanto 0.2.7; golden/quant/quanto_*.
 */
export async function quantoLayers(file: WeightSource): Promise<StoredLayer[]> {
  const data = [...file.tensors.values()].filter(({ name }) => name.endsWith(DATA) && !file.tensors.has(name + DATA));
  const map = data.length > 0 || "quantization_map" in file.metadata ? await quantoMap(file) : undefined;
  const prefix = map ? prefixOf(data, [...map.formats.keys()]) : "";
  const formatOf = (name: string): string | undefined =>
    name.startsWith(prefix) ? map?.formats.get(name.slice(prefix.length)) : undefined;
  const layers = data.map((entry) => readLayer(file, entry, formatOf));
  if (map?.own) {
    const found = new Map(layers.map(({ name, format }) => [name, format]));
    for (const [layer, format] of map.formats) {
      if (!FORMATS.includes(format))
        throw new UnsupportedFormat(
          file.path,
          `${quote(layer)} is ${quote(format)}; of optimum-quanto supported are ${SUPPORTED}`,
        );
      const stem = prefix + layer;
      const is = found.get(`${stem}.weight`);
      if (is === undefined)
        throw new MissingTensor(
          file.path,
          `has no tensor ${quote(`${stem}.weight${DATA}`)}, which its map says is ${format}`,
        );
      if (is !== format) throw new CorruptFile(file.path, `${quote(stem)} is ${is}, and its map says ${format}`);
    }
  }
  return layers;
}

/** What a file's tensors have before the names that the map knows. */
function prefixOf(data: readonly TensorEntry[], layers: readonly string[]): string {
  for (const layer of layers)
    for (const { name } of data) {
      const at = name.indexOf(`${layer}.weight${DATA}`);
      if (at === 0) return "";
      if (at > 0 && name[at - 1] === ".") return name.slice(0, at);
    }
  return "";
}

/** `formatOf`: what a map says of a layer. */
function readLayer(
  file: WeightSource,
  data: TensorEntry,
  formatOf: (layer: string) => string | undefined,
): StoredLayer {
  const packed = data.name.endsWith(DATA + DATA);
  const name = data.name.slice(0, packed ? -2 * DATA.length : -DATA.length);
  const need = (part: string): TensorEntry => {
    const entry = file.tensors.get(name + part);
    if (entry) return entry;
    throw new MissingTensor(file.path, `has no tensor ${quote(name + part)}, which ${quote(data.name)} needs`);
  };
  const scale = need("._scale");
  const shift = packed ? need("._shift") : undefined;
  const [rows, columns] = data.shape as readonly [number, number];
  if (data.shape.length !== 2 || rows < 1 || columns < 1)
    throw new CorruptFile(file.path, `${data.name} is [${data.shape}], a quantised layer has 2 axes`);
  const { encoding: scaleEncoding } = scale;
  if (scaleEncoding !== "F32" && scaleEncoding !== "F16" && scaleEncoding !== "BF16")
    throw new CorruptFile(file.path, `${scale.name} is ${scaleEncoding}, expected F32, F16 or BF16`);
  const scales = scale.shape.reduce((n, size) => n * size, 1);
  const stem = name.slice(0, name.lastIndexOf("."));
  const beside = CALIBRATION.map((part) => `${stem}.${part}`).filter((part) => file.tensors.has(part));
  const parts = [data.name, scale.name, ...(shift ? [shift.name] : []), ...beside];
  if (!shift) {
    const kind = { I8: "qint8", F8_E4M3: "qfloat8_e4m3fn", F8_E5M2: "qfloat8_e5m2" }[data.encoding as string];
    if (kind === undefined)
      throw new UnsupportedFormat(
        file.path,
        `${data.name} is ${data.encoding}; of optimum-quanto supported are ${SUPPORTED}`,
      );
    if (scales !== 1 && scales !== rows)
      throw new CorruptFile(file.path, `${scale.name} is [${scale.shape}], expected one value or ${rows}`);
    return {
      name,
      format: kind,
      shape: [rows, columns],
      stored:
        data.encoding === "I8"
          ? { kind: "int8", data: data.name }
          : { kind: "fp8", code: data.encoding === "F8_E5M2" ? "F8_E5M2" : "F8_E4M3", data: data.name },
      scale: scale.name,
      parts,
    };
  }
  // one group alone fills a row of either
  const bits = ([4, 2] as const)
    .filter((bits) => Math.ceil((scales * bits) / 8) === rows)
    .sort((a, b) => Number(formatOf(stem) === `qint${b}`) - Number(formatOf(stem) === `qint${a}`))[0];
  if (data.encoding !== "U8" || bits === undefined || shift.bytes !== scale.bytes || shift.encoding !== scaleEncoding)
    throw new CorruptFile(
      file.path,
      `${data.name} is [${data.shape}] ${data.encoding} with ${scales} scales [${scale.shape}] and shifts [${shift.shape}]: no qint4 or qint2`,
    );
  return {
    name,
    format: `qint${bits}`,
    shape: [scales, columns],
    stored: {
      kind: "affine",
      bits,
      data: data.name,
      scales: scale.name,
      shifts: shift.name,
      scaleEncoding,
      group: columns,
      packed: rows,
    },
    parts,
  };
}
