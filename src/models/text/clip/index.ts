export { CLIP_L_MARKS, type ClipMarks, clipChunks, emptyChunk, pooledRow } from "./chunks.ts";
export { clipInputs } from "./inputs.ts";
export { type ClipEncoder, type ClipOptions, openClip } from "./open.ts";
