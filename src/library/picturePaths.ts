import { join } from "node:path";

/** A picture as SaveImage and PreviewImage report it in their ui. */
interface PictureRef {
  readonly filename: string;
  readonly subfolder: string;
  readonly type: string;
}

/** What nodes show, by node id, in the order in which they finished. */
export type Outputs = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The files of one node's pictures, or of the latents that it saved. */
export function picturePaths(
  ui: Outputs[string],
  folders: { readonly output: string; readonly temp: string },
  what: "images" | "latents" = "images",
): readonly string[] {
  return ((ui[what] ?? []) as readonly PictureRef[]).map(({ filename, subfolder, type }) =>
    join(type === "temp" ? folders.temp : folders.output, subfolder, filename),
  );
}
