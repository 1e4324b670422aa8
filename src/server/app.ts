import { type Handler, Hono } from "hono";
import { printJson } from "../workflow/losslessJson.ts";
import { RequestError } from "./errors.ts";
import { fileRefusal } from "./files/fileRefusal.ts";
import { sendJson } from "./http/sendJson.ts";
import { getFeatures, getNone } from "./routes/catalogues.ts";
import { getEvents } from "./routes/getEvents.ts";
import { getHistory } from "./routes/getHistory.ts";
import { getHistoryOf } from "./routes/getHistoryOf.ts";
import { getMemory } from "./routes/getMemory.ts";
import { getMetrics } from "./routes/getMetrics.ts";
import { getOpenApi } from "./routes/getOpenApi.ts";
import { getPrompt } from "./routes/getPrompt.ts";
import { getQueue } from "./routes/getQueue.ts";
import { getSystemStats } from "./routes/getSystemStats.ts";
import { getView } from "./routes/getView.ts";
import { getViewMetadata } from "./routes/getViewMetadata.ts";
import { getFolderPaths, getInternalFiles, getLogs, getRawLogs, subscribeLogs } from "./routes/internal.ts";
import { cancelJob, cancelJobs, getJob, getJobs } from "./routes/jobs.ts";
import {
  getEmbeddings,
  getExperimentModels,
  getExperimentModelsOf,
  getModelPreview,
  getModels,
  getModelsOf,
} from "./routes/models.ts";
import { getObjectInfo, getObjectInfoOf } from "./routes/objectInfo.ts";
import { postFree } from "./routes/postFree.ts";
import { postHistory } from "./routes/postHistory.ts";
import { postInterrupt } from "./routes/postInterrupt.ts";
import { postPrompt } from "./routes/postPrompt.ts";
import { postQueue } from "./routes/postQueue.ts";
import { postUploadImage } from "./routes/postUploadImage.ts";
import { postUploadMask } from "./routes/postUploadMask.ts";
import { staticFiles } from "./routes/staticFiles.ts";
import {
  deleteUserFile,
  getUserData,
  getUserDataV2,
  getUserFile,
  moveUserFileRoute,
  postUserFile,
} from "./routes/userData.ts";
import { getSetting, getSettings, getUsers, postSetting, postSettings, postUsers } from "./routes/userRoutes.ts";
import { corsHeaders } from "./security/corsHeaders.ts";
import { hostGuard } from "./security/hostGuard.ts";
import { originGuard } from "./security/originGuard.ts";
import { safeHeaders } from "./security/safeHeaders.ts";
import { tokenGuard } from "./security/tokenGuard.ts";
import type { ServerParts } from "./serverParts.ts";

type Method = "GET" | "POST" | "DELETE" | "PATCH";
type Route = readonly [method: Method, path: string, handler: Handler];

/**
 * Every route, as one app that needs no socket: `app.request("/prompt")` is how tests call it. Routes are there bare and under /api, but for
 * /internal (bare) and /api/jobs (prefixed). What a route refuses is JSON; what it did not expect is 500, and is told to `onError`.
 */
export function createApp(parts: ServerParts, onError: (error: unknown) => void = () => {}): Hono {
  const app = new Hono();
  const { hosts, cors, token } = parts.security;
  app.use(safeHeaders(), corsHeaders(cors), hostGuard(hosts), originGuard(cors), tokenGuard(token));
  const add = (prefix: string, routes: readonly Route[]) => {
    for (const [method, path, handler] of routes) app.on(method, prefix + path, handler);
  };
  const both = bothWays(parts);
  add("", both);
  add("/api", both);
  add("", bareOnly(parts));
  add("/api", prefixedOnly(parts));
  const files = staticFiles(parts);
  app.notFound(async (c) => {
    if (c.req.method === "GET" || c.req.method === "HEAD") {
      if (c.req.path.startsWith("/api/")) throw new RequestError(404, "there is nothing here", "path");
      return (await files(c, async () => {})) as Response;
    }
    throw new RequestError(405, `${c.req.method} is not for this path`, "path");
  });
  app.onError((error, c) => {
    const refusal = error instanceof RequestError ? error : fileRefusal(error);
    if (refusal !== null) return sendJson(refusal.body, refusal.status);
    onError(error);
    c.header("content-type", "application/json");
    return new Response(printJson({ error: "the server made a mistake; its log says which" }), {
      status: 500,
      headers: { "content-type": "application/json" },
    });
  });
  return app;
}

const bothWays = (parts: ServerParts): readonly Route[] => [
  ["GET", "/metrics", getMetrics(parts)],
  ["GET", "/weir/openapi.json", getOpenApi(parts)],
  ["GET", "/prompt", getPrompt(parts)],
  ["POST", "/prompt", postPrompt(parts)],
  ["GET", "/queue", getQueue(parts)],
  ["POST", "/queue", postQueue(parts)],
  ["GET", "/history", getHistory(parts)],
  ["POST", "/history", postHistory(parts)],
  ["GET", "/history/:id", getHistoryOf(parts)],
  ["POST", "/interrupt", postInterrupt(parts)],
  ["POST", "/free", postFree(parts)],
  ["GET", "/object_info", getObjectInfo(parts)],
  ["GET", "/object_info/:class", getObjectInfoOf(parts)],
  ["GET", "/system_stats", getSystemStats(parts)],
  ["GET", "/weir/memory", getMemory(parts)],
  ["GET", "/weir/events", getEvents(parts)],
  ["GET", "/view", getView(parts)],
  ["GET", "/view_metadata/:folder", getViewMetadata(parts)],
  ["POST", "/upload/image", postUploadImage(parts)],
  ["POST", "/upload/mask", postUploadMask(parts)],
  ["GET", "/models", getModels(parts)],
  ["GET", "/models/:folder", getModelsOf(parts)],
  ["GET", "/embeddings", getEmbeddings(parts)],
  ["GET", "/experiment/models", getExperimentModels(parts)],
  ["GET", "/experiment/models/:folder", getExperimentModelsOf(parts)],
  ["GET", "/experiment/models/preview/:folder/:index/:file", getModelPreview()],
  ["GET", "/extensions", getNone([])],
  ["GET", "/workflow_templates", getNone({})],
  ["GET", "/i18n", getNone({})],
  ["GET", "/global_subgraphs", getNone({})],
  ["GET", "/global_subgraphs/:id", getNone(null)],
  ["GET", "/node_replacements", getNone({})],
  ["GET", "/features", getFeatures(parts)],
  ["GET", "/users", getUsers(parts)],
  ["POST", "/users", postUsers(parts)],
  ["GET", "/settings", getSettings(parts)],
  ["POST", "/settings", postSettings(parts)],
  ["GET", "/settings/:id", getSetting(parts)],
  ["POST", "/settings/:id", postSetting(parts)],
  ["GET", "/userdata", getUserData(parts)],
  ["GET", "/v2/userdata", getUserDataV2(parts)],
  ["GET", "/userdata/:file", getUserFile(parts)],
  ["POST", "/userdata/:file", postUserFile(parts)],
  ["DELETE", "/userdata/:file", deleteUserFile(parts)],
  ["POST", "/userdata/:file/move/:dest", moveUserFileRoute(parts)],
];

const bareOnly = (parts: ServerParts): readonly Route[] => [
  ["GET", "/internal/logs", getLogs(parts)],
  ["GET", "/internal/logs/raw", getRawLogs(parts)],
  ["PATCH", "/internal/logs/subscribe", subscribeLogs(parts)],
  ["GET", "/internal/folder_paths", getFolderPaths(parts)],
  ["GET", "/internal/files/:type", getInternalFiles(parts)],
];

const prefixedOnly = (parts: ServerParts): readonly Route[] => [
  ["GET", "/jobs", getJobs(parts)],
  ["POST", "/jobs/cancel", cancelJobs(parts)],
  ["GET", "/jobs/:id", getJob(parts)],
  ["POST", "/jobs/:id/cancel", cancelJob(parts)],
];
