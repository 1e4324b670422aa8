import { createHash } from "node:crypto";
import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** How what must not be told begins. */
export const CANARY = "the canary of ";

/** Folders of a server (`data`), with links that lead out of them and canaries around them. */
export function plant(root: string): string {
  const data = join(root, "data");
  for (const folder of ["input/sub", "output/sub", "temp", "user/default/sub", "models/loras"])
    mkdirSync(join(data, folder), { recursive: true });
  mkdirSync(join(root, "outside"));
  plantCanaries(root);
  for (const folder of ["input", "output", "user/default"]) {
    writeFileSync(join(data, folder, "a.json"), "{}");
    writeFileSync(join(data, folder, "a.png"), "no picture");
    symlinkSync(join(root, "outside"), join(data, folder, "link"));
    symlinkSync(join(root, "canary.txt"), join(data, folder, "out.png"));
  }
  return data;
}

/** What must neither change nor be told; a second time: as it was. */
export function plantCanaries(root: string): void {
  for (const canary of [
    "canary.txt",
    "a.png",
    "outside/canary.txt",
    "data/canary.txt",
    "data/models/canary.txt",
    "data/models/loras/a.safetensors",
  ]) {
    writeFileSync(join(root, canary), CANARY + canary);
  }
}

/** Every file below a folder with what it is and holds. `skip`: a folder that is passed over. */
export function picture(root: string, skip: (path: string) => boolean = () => false): Map<string, string> {
  const found = new Map<string, string>();
  const enter = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (skip(path)) continue;
      const facts = lstatSync(path);
      if (facts.isDirectory()) {
        found.set(path, "folder");
        enter(path);
      } else if (facts.isSymbolicLink()) found.set(path, `link to ${readlinkSync(path)}`);
      else found.set(path, createHash("sha256").update(readFileSync(path)).digest("hex"));
    }
  };
  enter(root);
  return found;
}

/** The same in short, for looking often: names, sizes, times. */
export function stamp(root: string): string {
  const lines: string[] = [];
  const enter = (folder: string): void => {
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      const facts = lstatSync(path);
      lines.push(`${path} ${facts.size} ${facts.mtimeMs}`);
      if (facts.isDirectory()) enter(path);
    }
  };
  enter(root);
  return lines.join("\n");
}
