import { freemem, totalmem } from "node:os";
import type { Handler } from "hono";
import { sendJson } from "../http/sendJson.ts";
import type { ServerParts } from "../serverParts.ts";

/** The version of ComfyUI whose interface this is: clients compare it. */
const COMFYUI = "0.33.0";

/** GET /system_stats: memory in bytes. There is no Python here, so what names one says so. */
export const getSystemStats =
  ({ machine }: Pick<ServerParts, "machine">): Handler =>
  async () => {
    const devices = (await machine.devices()).map(({ name, type, total, free, used }, index) => ({
      name,
      type,
      index,
      vram_total: total,
      vram_free: free,
      torch_vram_total: used,
      torch_vram_free: 0,
    }));
    const system = {
      os: process.platform,
      ram_total: totalmem(),
      ram_free: freemem(),
      comfyui_version: COMFYUI,
      required_frontend_version: "0.0.0",
      python_version: `none (Node ${process.versions.node})`,
      pytorch_version: "none (ggml)",
      embedded_python: false,
      argv: machine.argv,
      weir_version: machine.version,
    };
    return sendJson({ system, devices });
  };
