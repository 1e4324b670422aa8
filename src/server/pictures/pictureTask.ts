import type { Preview } from "../../workflow/executionEvent.ts";

/** Work on pictures that takes long enough to keep a server's loop from its clients. Plain data: it goes to another thread. */
export type PictureTask =
  /** A sampler's preview as a JPEG. */
  | { readonly kind: "preview"; readonly preview: Preview }
  /** A picture file in another form: GET /view's `preview` and `channel`. `quality`: 1 to 100. */
  | {
      readonly kind: "convert";
      readonly bytes: Uint8Array;
      readonly name: string;
      readonly channels: "rgb" | "rgba" | "a";
      readonly format: "webp" | "jpeg" | "png";
      readonly quality: number;
    }
  /** A picture with the alpha of another one, as a PNG that keeps the picture's text: POST /upload/mask. */
  | { readonly kind: "mask"; readonly original: Uint8Array; readonly mask: Uint8Array; readonly name: string };

/** The file that a task makes; or why it cannot, for the client. */
export type PictureResult =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly type: "webp" | "jpeg" | "png" }
  | { readonly ok: false; readonly message: string };
