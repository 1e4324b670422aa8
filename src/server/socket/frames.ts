/** ComfyUI's binary frames: a big-endian u32 says which. Source: comfyui-api.md, "WebSocket". */

const PREVIEW_IMAGE = 1;
const TEXT = 3;
const PREVIEW_IMAGE_WITH_METADATA = 4;
const IMAGE_TYPES = { jpeg: 1, png: 2 } as const;

export interface EncodedImage {
  readonly type: "jpeg" | "png";
  readonly bytes: Uint8Array;
}

/** Event 1: what every client knows. */
export const previewFrame = ({ type, bytes }: EncodedImage): Uint8Array =>
  Buffer.concat([u32(PREVIEW_IMAGE), u32(IMAGE_TYPES[type]), bytes]);

/** Event 4, for clients that asked for it (`supports_preview_metadata`): the picture with the node that makes it. */
export function previewFrameWithMetadata(
  { type, bytes }: EncodedImage,
  metadata: Readonly<Record<string, unknown>>,
): Uint8Array {
  const text = Buffer.from(JSON.stringify({ ...metadata, image_type: `image/${type}` }));
  return Buffer.concat([u32(PREVIEW_IMAGE_WITH_METADATA), u32(text.length), text, bytes]);
}

/** Event 3: a line that a node shows. */
export function textFrame(node: string, text: string): Uint8Array {
  const id = Buffer.from(node);
  return Buffer.concat([u32(TEXT), u32(id.length), id, Buffer.from(text)]);
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
