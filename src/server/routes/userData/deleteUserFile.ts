import type { Handler } from "hono";
import { sendEmpty } from "../../http/sendEmpty.ts";
import type { ServerParts } from "../../serverParts.ts";
import { removeUserFile } from "../../users/userFiles.ts";
import { fileOf } from "./fileOf.ts";

/** DELETE /userdata/{file}. */
export const deleteUserFile =
  ({ users }: Pick<ServerParts, "users">): Handler =>
  async (c) => {
    await removeUserFile(users.folderOf(c), fileOf(c));
    return sendEmpty(204);
  };
