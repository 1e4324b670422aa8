import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseJson, printJson } from "../../workflow/losslessJson.ts";

type Values = Readonly<Record<string, unknown>>;

/** Where ComfyUI keeps them. */
const FILE = "comfy.settings.json";

/** A user's settings, all of them; none if there are none or the file is broken. */
export function readSettings(folder: string): Values {
  try {
    const value = parseJson(readFileSync(join(folder, FILE), "utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Values) : {};
  } catch {
    return {};
  }
}

/** Sets some. In one step, so that two requests at a time lose nothing; the file is there whole or not at all. */
export function changeSettings(folder: string, values: Values): void {
  const all = new Map(Object.entries(readSettings(folder)));
  for (const [id, value] of Object.entries(values)) all.set(id, value);
  mkdirSync(folder, { recursive: true });
  const half = join(folder, `.${FILE}.${process.pid}.tmp`);
  writeFileSync(half, printJson(Object.fromEntries(all), { indent: 4 }));
  renameSync(half, join(folder, FILE));
}
