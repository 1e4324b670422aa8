import type { Handler } from "hono";
import { readBody } from "../../http/readBody.ts";
import type { ServerParts } from "../../serverParts.ts";
import { writeUserFile } from "../../users/userFiles.ts";
import { answer } from "./answer.ts";
import { fileOf } from "./fileOf.ts";

/** POST /userdata/{file}?overwrite&full_info: the body is the file. */
export const postUserFile =
  ({ users, limits }: Pick<ServerParts, "users" | "limits">): Handler =>
  async (c) => {
    const folder = users.folderOf(c);
    const body = await readBody(c, limits.upload);
    return answer(c, await writeUserFile(folder, fileOf(c), body, c.req.query("overwrite") !== "false"));
  };
