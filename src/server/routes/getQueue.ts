import type { Handler } from "hono";
import { sendJsonText } from "../http/sendJson.ts";
import type { JobHead } from "../queue/jobRecord.ts";
import type { ServerParts } from "../serverParts.ts";

/** GET /queue: `[number, prompt_id, prompt, extra_data, outputs_to_execute]` of what runs and of what waits, in its order. */
export const getQueue = ({ queue }: Pick<ServerParts, "queue">): Handler => {
  const item = ({ seq, id, number }: JobHead): string => {
    const { prompt, extraData, outputs } = queue.store.texts(seq);
    return `[${number},${JSON.stringify(id)},${prompt},${extraData},${outputs}]`;
  };
  return () => {
    const running = queue.running === null ? [] : [queue.running.head];
    const lists = [running, queue.waiting].map((jobs) => jobs.map(item).join(","));
    return sendJsonText(`{"queue_running":[${lists[0]}],"queue_pending":[${lists[1]}]}`);
  };
};
