import { resolve } from "node:path";
import type { WeirNode } from "../nodes/context.ts";
import { allNodes } from "../nodes/index.ts";
import { describeDeclared } from "../workflow/convert/nodeDescription.ts";
import type { Describe } from "../workflow/convert/scope.ts";

/** Node classes for a command that has no engine: Weir's own, and those of users' files. */
export interface KnownNodes {
  readonly all: readonly WeirNode[];
  /** What converting a workflow of the page takes to know of them. */
  readonly describe: Describe;
  /** One a file or node that was left out, with the reason. */
  readonly warnings: readonly string[];
}

/**
 * Loads `--custom-nodes` as an engine would, in this process: the files run with its rights. Without folders nothing is loaded.
 * Throws EngineError (usage) where there is no such folder.
 */
export async function userNodes(folders: readonly string[] = [], cwd: string): Promise<KnownNodes> {
  const loaded =
    folders.length === 0
      ? { nodes: [], warnings: [] }
      : await (await import("../engine/customNodes/loadCustomNodes.ts")).loadCustomNodes(
          folders.map((folder) => resolve(cwd, folder)),
          new Set(allNodes.map(({ name }) => name)),
        );
  const byName = new Map(loaded.nodes.map((node) => [node.name, node]));
  return {
    all: [...allNodes, ...loaded.nodes],
    describe(classType) {
      const node = byName.get(classType);
      return node && describeDeclared(node, { list: () => [] });
    },
    warnings: loaded.warnings,
  };
}
