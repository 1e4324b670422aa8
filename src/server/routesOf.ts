import type { Handler } from "hono";
import { getEvents } from "./routes/getEvents.ts";
import { getFeatures } from "./routes/getFeatures.ts";
import { getHistory } from "./routes/getHistory.ts";
import { getHistoryOf } from "./routes/getHistoryOf.ts";
import { getMemory } from "./routes/getMemory.ts";
import { getMetrics } from "./routes/getMetrics.ts";
import { getNone } from "./routes/getNone.ts";
import { getOpenApi } from "./routes/getOpenApi.ts";
import { getPrompt } from "./routes/getPrompt.ts";
import { getQueue } from "./routes/getQueue.ts";
import { getSystemStats } from "./routes/getSystemStats.ts";
import { getView } from "./routes/getView.ts";
import { getViewMetadata } from "./routes/getViewMetadata.ts";
import { getFolderPaths } from "./routes/internal/getFolderPaths.ts";
import { getInternalFiles } from "./routes/internal/getInternalFiles.ts";
import { getLogs } from "./routes/internal/getLogs.ts";
import { getRawLogs } from "./routes/internal/getRawLogs.ts";
import { subscribeLogs } from "./routes/internal/subscribeLogs.ts";
import { cancelJob } from "./routes/jobs/cancelJob.ts";
import { cancelJobs } from "./routes/jobs/cancelJobs.ts";
import { getJob } from "./routes/jobs/getJob.ts";
import { getJobs } from "./routes/jobs/getJobs.ts";
import { getEmbeddings } from "./routes/models/getEmbeddings.ts";
import { getExperimentModels } from "./routes/models/getExperimentModels.ts";
import { getExperimentModelsOf } from "./routes/models/getExperimentModelsOf.ts";
import { getModelPreview } from "./routes/models/getModelPreview.ts";
import { getModels } from "./routes/models/getModels.ts";
import { getModelsOf } from "./routes/models/getModelsOf.ts";
import { getObjectInfo } from "./routes/objectInfo/getObjectInfo.ts";
import { getObjectInfoOf } from "./routes/objectInfo/getObjectInfoOf.ts";
import { postFree } from "./routes/postFree.ts";
import { postHistory } from "./routes/postHistory.ts";
import { postInterrupt } from "./routes/postInterrupt.ts";
import { postPrompt } from "./routes/postPrompt.ts";
import { postQueue } from "./routes/postQueue.ts";
import { postUploadImage } from "./routes/postUploadImage.ts";
import { postUploadMask } from "./routes/postUploadMask.ts";
import { deleteUserFile } from "./routes/userData/deleteUserFile.ts";
import { getUserData } from "./routes/userData/getUserData.ts";
import { getUserDataV2 } from "./routes/userData/getUserDataV2.ts";
import { getUserFile } from "./routes/userData/getUserFile.ts";
import { postMoveUserFile } from "./routes/userData/postMoveUserFile.ts";
import { postUserFile } from "./routes/userData/postUserFile.ts";
import { getSetting } from "./routes/users/getSetting.ts";
import { getSettings } from "./routes/users/getSettings.ts";
import { getUsers } from "./routes/users/getUsers.ts";
import { postSetting } from "./routes/users/postSetting.ts";
import { postSettings } from "./routes/users/postSettings.ts";
import { postUsers } from "./routes/users/postUsers.ts";
import type { ServerParts } from "./serverParts.ts";

type Method = "GET" | "POST" | "DELETE" | "PATCH";
export type Route = readonly [method: Method, path: string, handler: Handler];

/** Every route: `both` are there bare and under /api, `bare` and `prefixed` only so. */
export function routesOf(parts: ServerParts): Readonly<Record<"both" | "bare" | "prefixed", readonly Route[]>> {
  const both: readonly Route[] = [
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
    ["POST", "/userdata/:file/move/:dest", postMoveUserFile(parts)],
  ];

  const bare: readonly Route[] = [
    ["GET", "/internal/logs", getLogs(parts)],
    ["GET", "/internal/logs/raw", getRawLogs(parts)],
    ["PATCH", "/internal/logs/subscribe", subscribeLogs(parts)],
    ["GET", "/internal/folder_paths", getFolderPaths(parts)],
    ["GET", "/internal/files/:type", getInternalFiles(parts)],
  ];

  const prefixed: readonly Route[] = [
    ["GET", "/jobs", getJobs(parts)],
    ["POST", "/jobs/cancel", cancelJobs(parts)],
    ["GET", "/jobs/:id", getJob(parts)],
    ["POST", "/jobs/:id/cancel", cancelJob(parts)],
  ];
  return { both, bare, prefixed };
}
