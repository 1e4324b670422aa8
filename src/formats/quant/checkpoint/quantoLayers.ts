import { CorruptFile, MissingTensor, UnsupportedFormat } from "../../errors.ts";
import { quote } from "../../quote.ts";
import type { TensorEntry, WeightSource } from "../../weightSource.ts";
import type { StoredLayer } from "./storedLayers.ts";

const DATA = "._data";
/** Beside the layer; what activations were calibrated to, which is not used. */
const CALIBRATION = ["input_scale", "output_scale"];

/**
 * The layers that optimum-quanto has quantised: `X.weight._data` and `._scale`, with nibbles or pairs of bits `._data._data` and a `._shift`.
 * Their tensors say all that its map of layers does. Reads nothing. Throws CorruptFile, MissingTensor, UnsupportedFormat, each naming the layer.
 * Source: optimum-quanto 0.2.7; golden/quant/quanto_*.
 */
export function quantoLayers(file: WeightSource): StoredLayer[] {
  const layers: StoredLayer[] = [];
  for (const entry of file.tensors.values())
    if (entry.name.endsWith(DATA) && !file.tensors.has(entry.name + DATA)) layers.push(readLayer(file, entry));
  return layers;
}

function readLayer(file: WeightSource, data: TensorEntry): StoredLayer {
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
        `${data.name} is ${data.encoding}; of optimum-quanto supported are qint8, qint4, qint2, qfloat8_e4m3fn and qfloat8_e5m2`,
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
  const bits = ([4, 2] as const).find((bits) => Math.ceil((scales * bits) / 8) === rows);
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
