import type { Handler } from "hono";
import type { ServerParts } from "../../serverParts.ts";
import { moveUserFile } from "../../users/userFiles.ts";
import { answer } from "./answer.ts";
import { fileOf } from "./fileOf.ts";

/** POST /userdata/{file}/move/{dest}?overwrite&full_info. */
export const postMoveUserFile =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  async (c) => {
    const overwrite = c.req.query("overwrite") !== "false";
    return answer(c, await moveUserFile(users.folderOf(c), fileOf(c), c.req.param("dest") ?? "", overwrite));
  };
