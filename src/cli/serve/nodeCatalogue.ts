import { declare } from "../../engine/declare.ts";
import type { PlainValidation, ValidateRequest } from "../../engine/messages.ts";
import type { Folders, WeirContext, WeirNode } from "../../nodes/context.ts";
import type { NodeCatalogue } from "../../server/serverParts.ts";
import { describeValidation } from "../../workflow/describeValidation.ts";
import { validate } from "../../workflow/validate.ts";

/**
 * Node classes and the check of prompts in the server's own process: it answers before the engine is up, and while that computes. The engine
 * checks again before it runs.
 */
export function nodeCatalogue(nodes: readonly WeirNode[], folders: Folders): NodeCatalogue {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  return {
    find: async (classType) => {
      const node = byName.get(classType);
      return node === undefined ? null : declare(node, folders);
    },
    all: async () => nodes.map((node) => declare(node, folders)),
    async validate({ prompt, targets = null }: ValidateRequest): Promise<PlainValidation> {
      const checked = await validate<WeirContext>(prompt, {
        nodes: (classType) => byName.get(classType),
        catalogue: folders,
        context: (nodeId, all) => contextOf(nodeId, all, folders),
        targets,
      });
      const { nodeErrors } = checked;
      if (checked.ok) return { ok: true, prompt: checked.prompt, outputs: checked.outputs, nodeErrors };
      // Lines for people are the command line's; a client has the errors themselves.
      return { ok: false, error: checked.error, nodeErrors, lines: describeValidation(checked), missingFiles: false };
    },
  };
}

/** What a node's own check is given: folders, and nothing that computes. */
function contextOf(nodeId: string, prompt: WeirContext["prompt"], folders: Folders): WeirContext {
  return {
    nodeId,
    signal: new AbortController().signal,
    prompt,
    extraPngInfo: {},
    progress: () => {},
    get runtime(): never {
      throw new Error("invariant: a prompt's check computes");
    },
    folders,
    options: { disableMetadata: false },
    warn: () => {},
  };
}
