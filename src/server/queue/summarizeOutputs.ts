import { printJson } from "../../workflow/losslessJson.ts";

type Shown = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** What GET /api/jobs tells of a job's outputs without listing them. */
export interface OutputsSummary {
  readonly count: number;
  readonly previewable: number;
  /** JSON, or null: the picture or text that stands for the job. */
  readonly preview: string | null;
}

/** Kinds of output that a page can show. */
const PREVIEWABLE: ReadonlySet<string> = new Set(["images", "video", "videos", "audio", "3d", "gifs"]);
/** Texts stand for a job in short. */
const MAX_TEXT = 1000;

/**
 * Counts what nodes showed: files count, texts do not. What stands for the job is its first saved picture, else its first temporary one, else
 * its text. Source: comfyui-api.md, "Queue, history, jobs", and the recorded transcripts.
 */
export function summarizeOutputs(shown: Shown): OutputsSummary {
  let [count, previewable] = [0, 0];
  let saved: unknown = null;
  let temporary: unknown = null;
  let text: unknown = null;
  for (const [nodeId, ui] of Object.entries(shown)) {
    for (const [mediaType, items] of Object.entries(ui)) {
      if (mediaType === "animated" || !Array.isArray(items)) continue;
      for (const item of items) {
        if (mediaType === "text" && typeof item === "string") {
          text ??= { content: item.slice(0, MAX_TEXT), nodeId, mediaType };
        }
        if (typeof item !== "object" || item === null || !("filename" in item)) continue;
        count += 1;
        if (!PREVIEWABLE.has(mediaType)) continue;
        previewable += 1;
        const preview = { ...item, nodeId, mediaType };
        if ((item as { readonly type?: unknown }).type === "output") saved ??= preview;
        else temporary ??= preview;
      }
    }
  }
  const preview = saved ?? temporary ?? text;
  return { count, previewable, preview: preview === null ? null : printJson(preview) };
}
