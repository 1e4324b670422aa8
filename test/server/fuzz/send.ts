import { Agent, request } from "node:http";
import { Random } from "./random.ts";
import { makeRequest, type Sent } from "./requests.ts";

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** No answer within this is a hang. */
export const PATIENCE_MS = 20_000;

/** One request over `agent`. Rejects where there is no answer. */
export function send(port: number, agent: Agent, { method, path, headers, body }: Sent): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const all = { ...headers, ...(body === null ? {} : { "content-length": String(body.length) }) };
    const to = { host: "127.0.0.1", port, method, path: path.startsWith("/") ? path : `/${path}`, headers: all, agent };
    const sent = request(to, (answer) => {
      const got: Buffer[] = [];
      answer.on("data", (part: Buffer) => got.push(part));
      answer.on("error", reject);
      answer.on("end", () => {
        const type = String(answer.headers["content-type"] ?? "");
        resolve({ status: answer.statusCode!, type, body: Buffer.concat(got).toString() });
      });
    });
    sent.setTimeout(PATIENCE_MS, () => sent.destroy(new Error("no answer: it hangs")));
    sent.on("error", reject);
    sent.end(body ?? undefined);
  });
}

export interface Round {
  readonly port: number;
  readonly seed: number;
  readonly count: number;
  /** Before each request. */
  readonly before?: (at: number) => void;
  /** After each answer; `said` names the request, for who says what is wrong. False ends it. */
  readonly after: (sent: Sent, answer: Answer, said: string) => boolean | undefined;
}

/** Sends requests made from a seed, one after the other. Returns how often which status came. */
export async function sendMany({ port, seed, count, before, after }: Round): Promise<Record<number, number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const random = new Random(seed);
  const counts: Record<number, number> = {};
  try {
    for (let at = 0; at < count; at++) {
      before?.(at);
      const sent = makeRequest(random);
      const said = describe(seed, at, sent);
      let answer: Answer;
      try {
        answer = await send(port, agent, sent);
      } catch (error) {
        // A client that was cut off while it still sent (413) sees no answer; whether the server lives is seen by the next request.
        const { code } = error as NodeJS.ErrnoException;
        if (code === "ECONNRESET" || code === "EPIPE") continue;
        throw new Error(said, { cause: error });
      }
      counts[answer.status] = (counts[answer.status] ?? 0) + 1;
      if (after(sent, answer, said) === false) break;
    }
  } finally {
    agent.destroy();
  }
  return counts;
}

const describe = (seed: number, at: number, { method, path, headers, body }: Sent): string =>
  `seed ${seed}, request ${at}: ${method} ${path} ${JSON.stringify(headers)} ${body?.toString().slice(0, 500) ?? ""}`;
