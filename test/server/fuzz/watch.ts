import { join } from "node:path";
import { CANARY, picture } from "./folder.ts";

/**
 * Looks at what lies around the folders that requests may use: whether it changed, and whether an answer holds a word of it. What is read and not
 * told to anybody it does not see. That it sees the rest is tested with servers that do it.
 */
export class Watch {
  readonly #root: string;
  readonly #inside: readonly string[];
  readonly #before: ReadonlyMap<string, string>;

  constructor(root: string, data: string) {
    this.#root = root;
    this.#inside = ["input", "output", "temp", "user"].map((name) => join(data, name));
    this.#before = this.#outside();
  }

  /** What was made, changed or removed since the start, a line each. */
  changed(): readonly string[] {
    const now = this.#outside();
    const lines = [...now].filter(([path, is]) => this.#before.get(path) !== is).map(([path]) => `written: ${path}`);
    return [...lines, ...[...this.#before.keys()].filter((path) => !now.has(path)).map((path) => `removed: ${path}`)];
  }

  /** The canary that an answer holds; null: none. */
  told(body: string): string | null {
    const at = body.indexOf(CANARY);
    return at < 0 ? null : body.slice(at, at + 80);
  }

  #outside(): Map<string, string> {
    return picture(this.#root, (path) => this.#inside.includes(path));
  }
}
