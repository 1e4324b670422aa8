import { join } from "node:path";
import { nodeCatalogue } from "../../../src/cli/serve/nodeCatalogue.ts";
import { createFolders } from "../../../src/nodes/folders.ts";
import { allNodes } from "../../../src/nodes/index.ts";
import { createApp } from "../../../src/server/app.ts";
import { type Listening, listen } from "../../../src/server/listen.ts";
import type { ServerParts } from "../../../src/server/serverParts.ts";
import { fakeParts } from "../../../src/server/testing/fakeParts.ts";
import { createUsers } from "../../../src/server/users/users.ts";

export interface Ours extends Listening {
  readonly parts: ServerParts;
  /** What routes threw that they should not have. */
  readonly mistakes: readonly unknown[];
}

/** A server of ours over the folders below `data`, with the real node classes; jobs wait and do not run. */
export async function startOurs(data: string, change: Partial<ServerParts> = {}): Promise<Ours> {
  const own = createFolders({ baseDirectory: data });
  const user = join(data, "user");
  const at = (name: string) => join(data, name);
  const parts: ServerParts = {
    ...fakeParts(),
    users: createUsers(user, false),
    folders: {
      input: at("input"),
      output: at("output"),
      temp: at("temp"),
      user,
      models: {
        names: ["loras"],
        roots: (name) => (name === "loras" ? own.roots(name) : null),
        resolve: (name, file) => own.resolve(name, file),
      },
    },
    nodes: nodeCatalogue(allNodes, own),
    ...change,
  };
  const mistakes: unknown[] = [];
  const app = createApp(parts, (error) => mistakes.push(error));
  return { ...(await listen(app, parts, { host: "127.0.0.1", port: 0 })), parts, mistakes };
}
