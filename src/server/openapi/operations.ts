import { z } from "zod";
import {
  cancelBody,
  clearOrDelete,
  eventsAnswer,
  eventsQuery,
  freeBody,
  interruptBody,
  promptBody,
  settingsBody,
  subscribeBody,
  userBody,
} from "../schemas.ts";

/** One route as its document tells it. Bodies are the schemas that check the requests; what a query may hold is told here. */
export interface Operation {
  readonly method: "get" | "post" | "delete" | "patch";
  /** With `{name}` for what is a part of the path. */
  readonly path: string;
  readonly summary: string;
  /** Where it is: bare and under /api, or one of the two. */
  readonly at: "both" | "bare" | "api";
  readonly query?: z.ZodObject;
  /** A body that is JSON. */
  readonly body?: z.ZodType;
  /** A body that is a form with files, or bytes. */
  readonly upload?: "form" | "bytes";
  readonly answers: "json" | "nothing" | "file" | "text";
  /** Of what is Weir's own, what the JSON is; ComfyUI's is ComfyUI's. */
  readonly answer?: z.ZodType;
}

const text = z.string().optional();
const count = z.int().optional();
const flag = z.enum(["true", "false"]).optional();
const named = { filename: z.string(), type: z.enum(["input", "output", "temp"]).optional(), subfolder: text };
const uploaded = z.object({
  image: z.file(),
  type: named.type,
  subfolder: text,
  overwrite: z.enum(["true", "1"]).optional(),
});
const masked = uploaded.extend({ original_ref: z.string() });
const written = z.object({ overwrite: flag, full_info: flag });

const op = (
  method: Operation["method"],
  path: string,
  summary: string,
  rest: Partial<Omit<Operation, "method" | "path" | "summary">> = {},
): Operation => ({ method, path, summary, at: "both", answers: "json", ...rest });

/** Every route. A test holds it against the app's own. */
export const operations: readonly Operation[] = [
  op("get", "/prompt", "how much runs and waits"),
  op("post", "/prompt", "queue a prompt in ComfyUI's API format", { body: promptBody }),
  op("get", "/queue", "what runs and what waits"),
  op("post", "/queue", "take jobs out that wait", { body: clearOrDelete, answers: "nothing" }),
  op("get", "/history", "what is over", { query: z.object({ max_items: count, offset: count }) }),
  op("post", "/history", "forget what is over", { body: clearOrDelete, answers: "nothing" }),
  op("get", "/history/{id}", "one that is over; {} if it is not known"),
  op("post", "/interrupt", "stop what runs", { body: interruptBody, answers: "nothing" }),
  op("post", "/free", "give memory back between two jobs", { body: freeBody, answers: "nothing" }),
  op("get", "/object_info", "every node class"),
  op("get", "/object_info/{class}", "one node class"),
  op("get", "/system_stats", "the machine and its devices"),
  op("get", "/weir/memory", "tiers, budgets, what moved: bytes"),
  op("get", "/weir/events", "what happened to memory lately, each move, drop and change of a budget with its reason", {
    query: eventsQuery,
    answer: eventsAnswer,
  }),
  op("get", "/weir/openapi.json", "this document"),
  op("get", "/metrics", "counters in Prometheus' text format", { answers: "text" }),
  op("get", "/view", "a picture, or another one made of it", {
    query: z.object({ ...named, preview: text, channel: z.enum(["rgb", "rgba", "a"]).optional() }),
    answers: "file",
  }),
  op("get", "/view_metadata/{folder}", "what a model file says of itself", {
    query: z.object({ filename: z.string() }),
  }),
  op("post", "/upload/image", "store a picture", { body: uploaded, upload: "form" }),
  op("post", "/upload/mask", "store a picture with the alpha of another", { body: masked, upload: "form" }),
  op("get", "/models", "names of model folders"),
  op("get", "/models/{folder}", "names of files"),
  op("get", "/embeddings", "names of embeddings"),
  op("get", "/experiment/models", "model folders with their places"),
  op("get", "/experiment/models/{folder}", "files with sizes and times"),
  op("get", "/experiment/models/preview/{folder}/{index}/{file}", "there are none: 404"),
  op("get", "/extensions", "none"),
  op("get", "/workflow_templates", "none"),
  op("get", "/i18n", "none"),
  op("get", "/global_subgraphs", "none"),
  op("get", "/global_subgraphs/{id}", "none"),
  op("get", "/node_replacements", "none"),
  op("get", "/features", "what this server can do"),
  op("get", "/users", "who has settings here"),
  op("post", "/users", "make a user", { body: userBody }),
  op("get", "/settings", "all settings"),
  op("post", "/settings", "set some", { body: settingsBody, answers: "nothing" }),
  op("get", "/settings/{id}", "one setting; null if it is not set"),
  op("post", "/settings/{id}", "set one", { body: z.unknown(), answers: "nothing" }),
  op("get", "/userdata", "files of a user", {
    query: z.object({ dir: z.string(), recurse: flag, full_info: flag, split: flag }),
  }),
  op("get", "/v2/userdata", "folders and files of a user", { query: z.object({ path: text }) }),
  op("get", "/userdata/{file}", "a user's file", { answers: "file" }),
  op("post", "/userdata/{file}", "write a user's file", { query: written, upload: "bytes" }),
  op("delete", "/userdata/{file}", "remove a user's file", { answers: "nothing" }),
  op("post", "/userdata/{file}/move/{dest}", "move a user's file", { query: written }),
  op("get", "/internal/logs", "the last lines of the log", { at: "bare" }),
  op("get", "/internal/logs/raw", "the last lines of the log, with times", { at: "bare" }),
  op("patch", "/internal/logs/subscribe", "be sent lines of the log", {
    at: "bare",
    body: subscribeBody,
    answers: "nothing",
  }),
  op("get", "/internal/folder_paths", "where model folders are", { at: "bare" }),
  op("get", "/internal/files/{type}", "names in a folder of pictures", { at: "bare" }),
  op("get", "/jobs", "what waits, runs and is over", {
    at: "api",
    query: z.object({
      status: text,
      workflow_id: text,
      sort_by: z.enum(["created_at", "execution_duration"]).optional(),
      sort_order: z.enum(["asc", "desc"]).optional(),
      limit: z.int().min(1).optional(),
      offset: count,
    }),
  }),
  op("post", "/jobs/cancel", "cancel several jobs", { at: "api", body: cancelBody }),
  op("get", "/jobs/{id}", "one job", { at: "api" }),
  op("post", "/jobs/{id}/cancel", "cancel one job", { at: "api" }),
];
