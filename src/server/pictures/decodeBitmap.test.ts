import { expect, test } from "vitest";
import { decodeBitmap } from "./decodeBitmap.ts";
import { encodeJpeg } from "./encodeJpeg.ts";

/** A picture that came in a Buffer of Node's pool, as small files and requests do. */
test("a JPEG in a Buffer that shares its memory decodes as one of its own", async () => {
  const data = new Uint8ClampedArray(16 * 8 * 4).fill(200);
  const jpeg = await encodeJpeg({ width: 16, height: 8, data }, 90);
  const pool = Buffer.alloc(jpeg.length + 100, 0x5a);
  const shared = pool.subarray(64, 64 + jpeg.length);
  shared.set(jpeg);
  const own = await decodeBitmap(new Uint8Array(jpeg), "own.jpg");
  expect([own.width, own.height]).toEqual([16, 8]);
  expect(await decodeBitmap(shared, "shared.jpg")).toEqual(own);
});
