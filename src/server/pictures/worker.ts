import { parentPort } from "node:worker_threads";
import type { PictureTask } from "./pictureTask.ts";
import { runPictureTask } from "./runPictureTask.ts";

/** The thread on which pictures are encoded and decoded, one task at a time: what comes in is answered by its number. */
parentPort?.on("message", async ({ id, task }: { readonly id: number; readonly task: PictureTask }) => {
  const result = await runPictureTask(task).catch((error) => ({
    ok: false as const,
    message: `a mistake of Weir's own: ${error instanceof Error ? error.message : String(error)}`,
  }));
  parentPort!.postMessage({ id, result });
});
