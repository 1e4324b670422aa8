import type { Context } from "hono";
import { sendJson } from "../../http/sendJson.ts";
import type { UserFile } from "../../users/userFiles.ts";
import { isOn } from "./isOn.ts";

/** What is said of a file that was written: its path, or with `full_info` its size and times too. */
export const answer = (c: Context, file: UserFile): Response => sendJson(isOn(c, "full_info") ? file : file.path);
