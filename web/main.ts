import { api } from "./api.ts";
import { byId } from "./byId.ts";
import { followEvents } from "./followEvents.ts";
import { type MemoryStats, memoryPanel } from "./memoryPanel.ts";
import { movesPanel } from "./movesPanel.ts";
import { nowPanel, type Running } from "./nowPanel.ts";
import { type Picture, picturesPanel } from "./picturesPanel.ts";
import { aboutPrompt, type Prompt, promptBody } from "./prompt.ts";
import { queuePanel } from "./queuePanel.ts";
import { type Message, openSocket } from "./socket.ts";

/** The page: a prompt over the demo's workflow, what runs, the queue, the last pictures, memory. It has no state but what the server tells. */

const PICTURES = 24;
/** Memory while nothing tells of it. */
const LOOK_MS = 5000;
/** Memory while something does: not with each of a step's stages. */
const ASK_MS = 1000;

type QueueItem = readonly [number: number, id: string, prompt: Prompt, ...unknown[]];

/** A tab keeps its id, so that it goes on being told of what it asked for when it is loaded again. */
const clientId = sessionStorage.getItem("weir-client") ?? `page-${Math.random().toString(36).slice(2)}`;
sessionStorage.setItem("weir-client", clientId);
// The token is a cookie by now; the address bar is seen by others.
if (new URLSearchParams(location.search).has("token")) history.replaceState(null, "", location.pathname);

let running: Running | null = null;
let titles: Prompt = {};
let failure: string | null = null;
let stats: MemoryStats | null = null;
let lookedAt = 0;
const events = followEvents();
const seen = new Map<string, string>();

const field = (id: string) => byId<HTMLInputElement>(id);

const showNow = (): void => byId("now").replaceChildren(...nowPanel(running, failure, cancel));
const showMemory = (): void => byId("memory").replaceChildren(...memoryPanel(stats));

function tell(error: unknown): void {
  const place = byId("problem");
  place.textContent = error instanceof Error ? error.message : String(error);
  place.hidden = false;
}

async function cancel(id: string): Promise<void> {
  await api(`api/jobs/${id}/cancel`, "").catch(tell);
  await showQueue();
}

async function showQueue(): Promise<void> {
  const { queue_running, queue_pending } =
    await api<Record<"queue_running" | "queue_pending", readonly QueueItem[]>>("queue");
  const [now] = queue_running;
  if (now === undefined) clearRunning();
  else if (running?.id !== now[1]) {
    clearRunning();
    failure = null;
    titles = now[2];
    running = { id: now[1], about: aboutPrompt(now[2]), node: "starting", value: 0, max: 0, preview: null };
  }
  showNow();
  const waiting = queue_pending.map(([, id, prompt]) => ({ id, about: aboutPrompt(prompt) }));
  byId("queue").replaceChildren(...queuePanel(waiting, cancel));
}

function clearRunning(): void {
  if (running?.preview != null) URL.revokeObjectURL(running.preview);
  running = null;
}

async function showPictures(): Promise<void> {
  const query = `status=completed&sort_by=created_at&sort_order=desc&limit=${PICTURES}`;
  const { jobs } = await api<{ jobs: readonly { readonly id: string; readonly preview_output?: Picture }[] }>(
    `api/jobs?${query}`,
  );
  const pictures = jobs.flatMap(({ preview_output }) => (preview_output === undefined ? [] : [preview_output]));
  const key = JSON.stringify(pictures);
  if (seen.get("pictures") === key) return;
  seen.set("pictures", key);
  byId("pictures").replaceChildren(...picturesPanel(pictures));
}

async function readMemory(): Promise<void> {
  lookedAt = performance.now();
  // Null while it computes: what is shown stays.
  stats = (await api<MemoryStats | null>("weir/memory")) ?? stats;
  if (stats !== null) byId("device").textContent = stats.device.description;
  showMemory();
  byId("moves").replaceChildren(...movesPanel(await events()));
}

function receive({ type, data }: Message): void {
  switch (type) {
    case "status":
      void showQueue().catch(tell);
      break;
    case "executing": {
      const { node, prompt_id } = data as { readonly node: string | null; readonly prompt_id?: string };
      if (node === null || running === null || (prompt_id !== undefined && prompt_id !== running.id)) break;
      Object.assign(running, {
        node: titles[node]?._meta?.title ?? titles[node]?.class_type ?? node,
        value: 0,
        max: 0,
      });
      showNow();
      break;
    }
    case "progress":
      if (running?.id !== data["prompt_id"]) break;
      Object.assign(running!, { value: data["value"], max: data["max"] });
      showNow();
      break;
    case "execution_error":
      failure = String(data["exception_message"]);
      ended();
      break;
    case "execution_interrupted":
      failure = "Stopped.";
      ended();
      break;
    case "execution_success":
      ended();
      break;
    case "weir_memory":
      if (stats === null) break;
      stats = {
        ...stats,
        vram: { ...stats.vram, used: Number(data["vram_used"]), budget: Number(data["vram_budget"]) },
      };
      showMemory();
      // The message has the sum; what it is made of is asked for.
      if (performance.now() - lookedAt > ASK_MS) void readMemory().catch(() => {});
      break;
    default:
  }
}

/** The history has it a moment after the message. */
function ended(): void {
  showNow();
  setTimeout(() => void Promise.all([showPictures(), readMemory()]).catch(tell), 100);
}

async function choices(classType: string, input: string): Promise<readonly string[]> {
  type Info = Record<
    string,
    { readonly input: { readonly required: Record<string, readonly [unknown, { options?: string[] }?]> } }
  >;
  const info = await api<Info>(`object_info/${classType}`);
  const [kind, options] = info[classType]?.input.required[input] ?? [];
  return Array.isArray(kind) ? kind : (options?.options ?? []);
}

async function fill(id: string, classType: string, input: string, wanted: unknown): Promise<void> {
  const names = await choices(classType, input);
  const select = byId<HTMLSelectElement>(id);
  select.replaceChildren(...names.map((name) => new Option(name, name, false, name === wanted)));
  if (names.length > 0) return;
  tell(
    `There is no file for ${classType} in this server's folders. The demo's are in the package: weir serve --models-directory <package>/demo/models`,
  );
}

async function start(): Promise<void> {
  const workflow = await api<Prompt>("page/demo.json");
  const wanted = (classType: string, input: string) =>
    Object.values(workflow).find(({ class_type }) => class_type === classType)?.inputs[input];
  await Promise.all([
    fill("unet", "UNETLoader", "unet_name", wanted("UNETLoader", "unet_name")),
    fill("clip", "CLIPLoader", "clip_name", wanted("CLIPLoader", "clip_name")),
    fill("vae", "VAELoader", "vae_name", wanted("VAELoader", "vae_name")),
  ]);
  const form = byId<HTMLFormElement>("form");
  form.onsubmit = (event) => {
    event.preventDefault();
    void submit(workflow).catch(tell);
  };
  form.onkeydown = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  };
}

async function submit(workflow: Prompt): Promise<void> {
  byId("problem").hidden = true;
  if (field("fresh").checked && seen.has("submitted")) {
    field("seed").value = String(Math.floor(Math.random() * Number.MAX_SAFE_INTEGER));
  }
  seen.set("submitted", "");
  const wish = {
    text: byId<HTMLTextAreaElement>("text").value,
    width: field("width").valueAsNumber,
    height: field("height").valueAsNumber,
    steps: field("steps").valueAsNumber,
    seed: BigInt(field("seed").value).toString(),
    unet: field("unet").value,
    clip: field("clip").value,
    vae: field("vae").value,
  };
  failure = null;
  await api("prompt", promptBody(workflow, wish, clientId));
}

showNow();
showMemory();
byId("queue").replaceChildren(...queuePanel([], cancel));
openSocket(clientId, {
  onMessage: receive,
  onPreview(picture) {
    if (running === null) return;
    if (running.preview !== null) URL.revokeObjectURL(running.preview);
    running.preview = URL.createObjectURL(picture);
    showNow();
  },
  onState(connected) {
    byId("connection").textContent = connected ? "connected" : "not connected, trying again";
    if (connected) void Promise.all([showQueue(), showPictures(), readMemory()]).catch(tell);
  },
});
setInterval(() => {
  if (!document.hidden) void Promise.all([readMemory(), showPictures()]).catch(() => {});
}, LOOK_MS);
void start().catch(tell);
