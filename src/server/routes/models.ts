import { basename, extname } from "node:path";
import type { Context, Handler } from "hono";
import { RequestError } from "../errors.ts";
import { type FoundFile, walkFiles } from "../files/walkFiles.ts";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

type Parts = Pick<ServerParts, "folders">;

/** What ComfyUI lists as models, and GGUF. Listing is not loading: pickles are never opened. */
const EXTENSIONS = [".ckpt", ".pt", ".pt2", ".bin", ".pth", ".safetensors", ".pkl", ".sft", ".gguf"];

/** GET /models: names of folders. */
export const getModels =
  ({ folders }: Parts): Handler =>
  () =>
    sendJson(folders.models.names);

/** GET /models/{folder}: names of files, with "/". 404 for a folder that is not known, older names included. */
export const getModelsOf =
  ({ folders }: Parts): Handler =>
  async (c) =>
    sendJson([...new Set((await filesOf(c, folders)).map(({ name }) => name))].sort());

/** GET /embeddings: names without their ending. */
export const getEmbeddings =
  ({ folders }: Parts): Handler =>
  async () => {
    const files = await listed(folders.models.roots("embeddings") ?? []);
    const names = files.map(({ name }) => name.slice(0, name.length - extname(name).length));
    return sendJson([...new Set(names)].sort());
  };

/** GET /experiment/models: folders with where they are. */
export const getExperimentModels =
  ({ folders }: Parts): Handler =>
  () =>
    sendJson(
      folders.models.names.map((name) => ({
        name,
        folders: folders.models.roots(name) ?? [],
        extensions: EXTENSIONS,
      })),
    );

/** GET /experiment/models/{folder}: files with sizes and times (ms); `pathIndex` says in which of the folder's places. */
export const getExperimentModelsOf =
  ({ folders }: Parts): Handler =>
  async (c) =>
    sendJson(
      (await filesOf(c, folders)).map(({ name, pathIndex, modified, created, size }) => ({
        name,
        pathIndex,
        modified,
        created,
        size,
      })),
    );

/** GET /experiment/models/preview/...: pictures beside models are not looked for. */
export const getModelPreview = (): Handler => () => {
  throw new RequestError(404, "there is no preview", "filename");
};

async function filesOf(c: Context, folders: ServerParts["folders"]) {
  const name = c.req.param("folder") ?? "";
  const roots = folders.models.names.includes(name) ? folders.models.roots(name) : null;
  if (roots === null) throw new RequestError(404, "there is no such folder of models", "folder");
  return listed(roots);
}

async function listed(roots: readonly string[]): Promise<(FoundFile & { readonly pathIndex: number })[]> {
  const all = await Promise.all(roots.map((root) => walkFiles(root, { recurse: true, inside: false })));
  return all.flatMap((files, pathIndex) =>
    files
      .filter(({ name }) => EXTENSIONS.includes(extname(basename(name)).toLowerCase()))
      .map((file) => ({ ...file, pathIndex })),
  );
}
