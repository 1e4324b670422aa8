import type { Prompt } from "../../workflow/node.ts";
import type { Folders } from "../context.ts";
import { colourKey } from "./colourKey.ts";

/** The VAEs that a prompt's loaders name, as `colourKey` tells them apart. Nothing is opened. */
export async function promptVaes(prompt: Prompt, folders: Pick<Folders, "resolve">): Promise<readonly string[]> {
  const files = Object.values(prompt).flatMap(({ inputs }) => [inputs?.["vae_name"], inputs?.["ckpt_name"]]);
  const named = [...new Set(files.filter((file) => typeof file === "string"))];
  const keys = await Promise.all(named.map((file) => colourKey(file, folders)));
  return keys.filter((key) => key !== null);
}
