// A tiny engine for the supervisor's tests: it speaks the messages and dies on demand. What a job does is its prompt's node "1":
// inputs.do is "finish", "wait", "abort", "kill", "exit", "chatter"; inputs.times says in how many processes it does so before it finishes
// (counted in the file WEIR_FIXTURE_COUNT). It validates by dying if that is what the prompt's node says, as often as a job would.
import { existsSync, readFileSync, writeFileSync, writeSync } from "node:fs";

const send = (message) => process.send(message);
const count = process.env.WEIR_FIXTURE_COUNT;
let waiting = null;

function starts() {
  const n = existsSync(count) ? Number(readFileSync(count, "utf8")) : 0;
  writeFileSync(count, String(n + 1));
  return n;
}

function finish(job) {
  send({
    type: "done",
    jobId: job.id,
    result: { status: "success", outputs: { pid: process.pid }, stats: {}, nodeErrors: {} },
  });
}

function run(job) {
  const { do: what, times } = job.prompt["1"].inputs;
  send({ type: "event", jobId: job.id, event: { kind: "execution_start" } });
  writeSync(4, `${JSON.stringify(["12", "SamplerCustomAdvanced", "dev.safetensors", "double_blocks.3"])}\n`);
  if (what === "finish" || (times !== undefined && starts() >= times)) return finish(job);
  if (what === "wait") waiting = job;
  if (what === "chatter") {
    process.stdout.write("to stdout\n");
    process.stderr.write("to stderr\n");
    finish(job);
  }
  if (what === "abort") {
    writeSync(2, "GGML_ASSERT(ne == 4) failed\n");
    process.kill(process.pid, "SIGABRT");
  }
  if (what === "kill") process.kill(process.pid, "SIGKILL");
  if (what === "exit") process.exit(7);
}

process.on("SIGINT", () => {});
process.on("disconnect", () => process.exit(0));
process.on("message", (message) => {
  if (message.type === "start") {
    if (message.options.device === "nonsense")
      return send({ type: "failed", error: { code: "no-such-device", message: "no device nonsense; there is: cpu" } });
    if (message.options.device === "dies") process.abort();
    send({
      type: "ready",
      device: "cpu",
      description: `threads ${process.env.UV_THREADPOOL_SIZE}, reserve ${message.options.largerReserve === true}`,
      pid: process.pid,
      vram: 1e9,
      nodes: [],
    });
  }
  if (message.type === "run") run(message.job);
  if (message.type === "interrupt" && waiting?.id === message.jobId) {
    send({ type: "done", jobId: message.jobId, result: { status: "interrupted" } });
    waiting = null;
  }
  if (message.type === "validate") {
    const { do: what, times } = message.request.prompt["1"].inputs;
    if (what === "kill" && starts() < times) process.kill(process.pid, "SIGKILL");
    else send({ type: "validated", requestId: message.requestId, validation: { ok: true, by: process.pid } });
  }
  if (message.type === "declare")
    send({ type: "declared", requestId: message.requestId, nodes: [{ name: "Fixture" }] });
  if (message.type === "free") process.stdout.write(`free ${JSON.stringify(message.free)}\n`);
  if (message.type === "stats") send({ type: "stats", stats: { pid: process.pid } });
  if (message.type === "quit") process.exit(0);
});
