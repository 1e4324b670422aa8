import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { WeirContext } from "../context.ts";

/**
 * The picture that this job saved for this node in a process that died, if it is still there: it is recorded before it gets its name, so the
 * file of that name counts only if it is the very file that was written (its inode says so).
 */
export async function keptPicture(
  index: number,
  { nodeId, pictures, folders }: WeirContext,
): Promise<{ readonly filename: string; readonly subfolder: string; readonly type: string } | null> {
  for (const { filename, subfolder, type, inode } of pictures?.saved(nodeId, index) ?? []) {
    const found = await stat(join(folders[type], subfolder, filename), { bigint: true }).catch(() => null);
    if (found?.isFile() && String(found.ino) === inode) return { filename, subfolder, type };
  }
  return null;
}
