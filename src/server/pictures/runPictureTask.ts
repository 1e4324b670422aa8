import { encodePng, readPngText } from "../../formats/png.ts";
import type { Bitmap } from "./bitmap.ts";
import { decodeBitmap } from "./decodeBitmap.ts";
import { encodeJpeg } from "./encodeJpeg.ts";
import { encodeWebp } from "./encodeWebp.ts";
import type { PictureResult, PictureTask } from "./pictureTask.ts";
import { scaleRgb } from "./scaleRgb.ts";

/** Quality of previews, as the original's. */
const PREVIEW_QUALITY = 95;

/** Does one task. What is wrong with a picture is a result; the rest throws. */
export async function runPictureTask(task: PictureTask): Promise<PictureResult> {
  try {
    switch (task.kind) {
      case "preview":
        return { ok: true, type: "jpeg", bytes: await encodeJpeg(scaleRgb(task.preview), PREVIEW_QUALITY) };
      case "convert":
        return await convert(task);
      case "mask":
        return await applyMask(task);
    }
  } catch (error) {
    const code = (error as { readonly code?: unknown } | null)?.code;
    if (error instanceof Error && typeof code === "string") return { ok: false, message: error.message };
    throw error;
  }
}

async function convert(task: Extract<PictureTask, { kind: "convert" }>): Promise<PictureResult> {
  const { channels, format: type, quality } = task;
  const bitmap = pick(await decodeBitmap(task.bytes, task.name), channels);
  if (type === "jpeg") return { ok: true, type, bytes: await encodeJpeg(bitmap, quality) };
  if (type === "webp") return { ok: true, type, bytes: await encodeWebp(bitmap, quality) };
  return { ok: true, type, bytes: png(bitmap, channels === "rgb" ? 3 : 4) };
}

/** "a" is black with the picture's alpha; "rgb" has none. */
function pick({ width, height, data }: Bitmap, channels: "rgb" | "rgba" | "a"): Bitmap {
  if (channels === "rgba") return { width, height, data };
  const out = Uint8ClampedArray.from(data);
  for (let at = 0; at < out.length; at += 4) {
    if (channels === "rgb") out[at + 3] = 255;
    else out.fill(0, at, at + 3);
  }
  return { width, height, data: out };
}

function png(
  { width, height, data }: Bitmap,
  channels: 3 | 4,
  text: Readonly<Record<string, string>> = {},
): Uint8Array {
  const values = channels === 4 ? Uint8Array.from(data) : new Uint8Array(width * height * 3);
  if (channels === 3) {
    for (let from = 0, to = 0; to < values.length; from += 4, to += 3) values.set(data.subarray(from, from + 3), to);
  }
  return encodePng({ width, height, channels, data: values }, text);
}

async function applyMask({ original, mask, name }: Extract<PictureTask, { kind: "mask" }>): Promise<PictureResult> {
  const picture = await decodeBitmap(original, "the original");
  const shape = await decodeBitmap(mask, name);
  if (shape.width !== picture.width || shape.height !== picture.height) {
    const sizes = `${shape.width} x ${shape.height} pixels, the original ${picture.width} x ${picture.height}`;
    return { ok: false, message: `the mask has ${sizes}` };
  }
  const data = Uint8ClampedArray.from(picture.data);
  for (let at = 3; at < data.length; at += 4) data[at] = shape.data[at]!;
  const text = original[0] === 0x89 ? readPngText(original, "the original") : {};
  return { ok: true, type: "png", bytes: png({ ...picture, data }, 4, text) };
}
