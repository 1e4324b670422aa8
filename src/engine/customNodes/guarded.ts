import type { WeirNode } from "../../nodes/context.ts";
import { CustomNodeError } from "../errors.ts";

/** Our own errors have such codes, and mean what they say wherever they come from. */
const CODE = /^([a-z][a-z0-9-]*|E[A-Z0-9]+)$/;

/** A node of a user's file whose mistakes are told as its own, with the file's name. An interrupt stays one. */
export function guarded(node: WeirNode, file: string): WeirNode {
  const guard = <A extends unknown[], R>(call: ((...args: A) => R | Promise<R>) | undefined) => {
    if (call === undefined) return undefined;
    return async (...args: A): Promise<R> => {
      try {
        return await call.apply(node, args);
      } catch (error) {
        const code = (error as { code?: unknown } | null)?.code;
        if (error instanceof Error && (error.name === "AbortError" || (typeof code === "string" && CODE.test(code)))) {
          throw error;
        }
        throw new CustomNodeError(node.name, file, error);
      }
    };
  };
  const validate = guard(node.validate);
  const fingerprint = guard(node.fingerprint);
  const checkLazyStatus = guard(node.checkLazyStatus);
  return {
    ...node,
    execute: guard(node.execute)!,
    ...(validate && { validate }),
    ...(fingerprint && { fingerprint }),
    ...(checkLazyStatus && { checkLazyStatus }),
  };
}
