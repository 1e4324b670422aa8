import { constants } from "node:fs";
import { access, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { unwritable } from "./writePicture.ts";

/**
 * Says before anything is computed that pictures cannot be saved in `folder`, or that it cannot be made. Looks only: nothing is written, so
 * what no permission tells (a full disk, a quota) still shows when a picture is saved. Throws OutputError, "output-unwritable".
 */
export async function checkWritable(folder: string): Promise<void> {
  for (let at = folder; ; at = dirname(at)) {
    try {
      if (!(await stat(at)).isDirectory()) throw Object.assign(new Error(), { code: "ENOTDIR" });
      await access(at, constants.W_OK | constants.X_OK);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A folder that is not there yet is made when a picture is saved, in the nearest one that is.
      if (code !== "ENOENT" || dirname(at) === at) throw unwritable(folder, String(code));
    }
  }
}
