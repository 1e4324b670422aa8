import { statSync } from "node:fs";
import { basename, dirname, parse } from "node:path";
import * as authoring from "../../nodes/authoring.ts";
import type { WeirNode } from "../../nodes/context.ts";
import { EngineError } from "../errors.ts";
import { asNode, looksLikeNode } from "./asNode.ts";
import { guarded } from "./guarded.ts";
import { nodeFilesOf } from "./nodeFilesOf.ts";

/** A file that waits for something while it loads would else keep the engine from starting. */
const LOAD_MS = 30_000;

export interface CustomNodes {
  readonly nodes: readonly WeirNode[];
  /** One a file or node that was left out, with the reason. */
  readonly warnings: readonly string[];
}

/**
 * Nodes from users' files, `--custom-nodes`: every export that is a node, and every item of an export that is a list. Files are JavaScript or
 * TypeScript, run as they are with the rights of this process. `import ... from "weir"` in them is this very copy. A file that does not load, an
 * export that is no proper node and a name that is taken are warnings, and the rest loads. `taken`: names of the built-in classes.
 * Throws EngineError (usage) where there is no such folder.
 */
export async function loadCustomNodes(
  folders: readonly string[],
  taken: ReadonlySet<string>,
  loadMs: number = LOAD_MS,
): Promise<CustomNodes> {
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    virtualModules: { weir: authoring },
    // Nothing of a user's code is left in a folder for temporary files.
    fsCache: false,
    interopDefault: false,
  });
  const nodes = new Map<string, { readonly node: WeirNode; readonly file: string }>();
  const warnings: string[] = [];
  for (const folder of folders) {
    if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
      throw new EngineError({ code: "usage", message: `--custom-nodes is ${folder}, and there is no such folder` });
    }
    for (const file of nodeFilesOf(folder)) {
      const warn = (why: string) => warnings.push(`${file}: ${why}`);
      let module: unknown;
      try {
        module = await inTime(jiti.import(file), loadMs);
      } catch (error) {
        warn(`left out, it does not load: ${firstLine(error)}`);
        continue;
      }
      const found = exportsOf(module).filter(looksLikeNode);
      if (found.length === 0) warn("exports no node: an object with name, inputs, outputs and execute");
      for (const value of found) {
        const checked = asNode(value, moduleName(file));
        if (!checked.ok) {
          warn(`left out: ${checked.why}`);
          continue;
        }
        const { name } = checked.node;
        const before = nodes.get(name);
        if (taken.has(name)) warn(`left out: ${name} is a class of Weir's own, and workflows mean that one`);
        else if (before !== undefined) warn(`left out: ${name} is in ${before.file} already`);
        else nodes.set(name, { node: guarded(checked.node, file), file });
      }
    }
  }
  return { nodes: [...nodes.values()].map(({ node }) => node), warnings };
}

/** What a module exports, each once; lists are taken apart. */
function exportsOf(module: unknown): readonly unknown[] {
  if (typeof module !== "object" || module === null) return [];
  const values = Object.values(module).flatMap((value) => (Array.isArray(value) ? value : [value]));
  // A module of the older kind is its own default.
  const inner = (module as { default?: unknown }).default;
  const older = typeof inner === "object" && inner !== null && !looksLikeNode(inner) && !Array.isArray(inner);
  return [...new Set([...values, ...(older ? Object.values(inner) : [])])];
}

/** As ComfyUI names them: by the folder of a pack, else by the file. */
function moduleName(file: string): string {
  const { name } = parse(file);
  return `custom_nodes.${name === "index" ? basename(dirname(file)) : name}`;
}

function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it takes more than ${ms / 1000} s`)), ms);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.split("\n")[0]!.slice(0, 500);
}
