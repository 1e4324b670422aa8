import { nodeCatalogue } from "../../../src/cli/serve/nodeCatalogue.ts";
import { createFolders } from "../../../src/nodes/folders.ts";
import { allNodes } from "../../../src/nodes/index.ts";
import { createApp } from "../../../src/server/app.ts";
import { listen, type Patience } from "../../../src/server/listen.ts";
import type { ServerParts } from "../../../src/server/serverParts.ts";
import { fakeParts } from "../../../src/server/testing/fakeParts.ts";
import type { Target } from "./naive.ts";

/** A server of ours on a port, with the real node classes and the guards of `weir serve`; jobs wait and do not run. */
export async function startOurs(
  change: Partial<ServerParts> = {},
  patience: Patience = { headers: 300, request: 600, idle: 5000, look: 50 },
): Promise<Target> {
  const parts = fakeParts(change);
  const nodes = nodeCatalogue(allNodes, createFolders({ baseDirectory: parts.base }));
  const all: ServerParts = { ...parts, nodes };
  const mistakes: unknown[] = [];
  const listening = await listen(
    createApp(all, (error) => mistakes.push(error)),
    all,
    {
      host: "127.0.0.1",
      port: 0,
      patience,
    },
  );
  return {
    port: listening.port,
    base: parts.base,
    jobs: () => parts.queue.remaining,
    async close() {
      await listening.close();
      if (mistakes.length > 0) throw new Error("a request met a mistake of the server's own", { cause: mistakes[0] });
    },
  };
}
