import { randomUUID } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Context } from "hono";
import { RequestError } from "../errors.ts";

/** Who may have settings and files here. */
export interface Users {
  readonly multi: boolean;
  /** Ids and names; of a server with one user there are none. */
  list(): Readonly<Record<string, string>>;
  /** Makes a user; returns the id. Throws RequestError: 400. */
  add(name: string): string;
  /** The folder of who asks. Throws RequestError 401: with several users each request names one (`Comfy-User`). */
  folderOf(c: Context): string;
}

const DEFAULT = "default";
const MAX_NAME = 100;
/** Settings are a few words for each user. */
const FILE = "users.json";

/**
 * Users as ComfyUI lays them out: a folder each under the user folder, names in users.json. Without `--multi-user` there is one, and the
 * header is ignored. No one is let in by this: it tells people apart who trust each other.
 */
export function createUsers(folder: string, multi: boolean): Users {
  const file = join(folder, FILE);
  const list = (): Record<string, string> => {
    let value: unknown;
    try {
      value = JSON.parse(readFileSync(file, "utf8"));
    } catch {
      return {};
    }
    const entries = typeof value === "object" && value !== null ? Object.entries(value) : [];
    // An id is a folder's name.
    return Object.fromEntries(entries.filter(([id, name]) => isId(id) && typeof name === "string"));
  };
  return {
    multi,
    list,
    add(name) {
      const plain = name.trim();
      if (plain === "") throw new RequestError(400, { error: "username not provided" });
      if (plain.length > MAX_NAME) throw new RequestError(400, `longer than ${MAX_NAME} characters`, "username");
      const users = list();
      if (Object.values(users).includes(plain)) throw new RequestError(400, { error: "Duplicate username." });
      const id = `${plain.replaceAll(/[^a-zA-Z0-9_-]/g, "").slice(0, 40)}_${randomUUID()}`;
      mkdirSync(join(folder, id), { recursive: true });
      const half = `${file}.${process.pid}.tmp`;
      writeFileSync(half, JSON.stringify({ ...users, [id]: plain }, null, 2));
      renameSync(half, file);
      return id;
    },
    folderOf(c) {
      if (!multi) return join(folder, DEFAULT);
      const id = c.req.header("comfy-user") ?? "";
      if (!isId(id) || !Object.hasOwn(list(), id)) {
        throw new RequestError(401, "the header Comfy-User names no user of this server", "Comfy-User");
      }
      return join(folder, id);
    },
  };
}

const isId = (id: string): boolean => /^[a-zA-Z0-9_-]{1,100}$/.test(id);
