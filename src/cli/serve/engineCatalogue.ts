import type { Engine } from "../../engine/supervisor.ts";
import type { NodeCatalogue } from "../../server/serverParts.ts";

/**
 * Node classes and the check of prompts by the engine, for a server with users' own nodes: their code runs there and nowhere else. Answers wait
 * for the engine to be up.
 */
export function engineCatalogue(starting: Promise<Pick<Engine, "declarations" | "validate">>): NodeCatalogue {
  return {
    all: async () => (await starting).declarations(),
    find: async (classType) => (await (await starting).declarations()).find(({ name }) => name === classType) ?? null,
    validate: async (request) => (await starting).validate(request),
  };
}
