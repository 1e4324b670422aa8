"""What the peers' scripts share: the job they are given, the lines they speak, the inputs of a step, and what a process used.

argv[1] is the job as JSON: mode, file, threads, folder (empty, for what a peer writes), and the sizes: hidden, double, single,
context, height, width (of the latent), textTokens; bytes (of the weights) and share where the peer has a limit.
The first line out says what the peer is; then each line in is a command and gets one line of JSON:
  step         {"ms", "cpuMs", "at"}: one pass of the transformer; processor time is of all threads of the process; `at`: when the first pass
               of this command ended, in milliseconds since 1970
  usage        {"peak", "now", "read", "disk"}: bytes; the resident set at its largest and now, what read calls brought, what storage delivered
  output PATH  {}: the last pass's output as float32, [channels, height, width], is written to PATH
"""

import json
import sys
import time


def job():
    return json.loads(sys.argv[1])


def usage():
    """Linux's own counters, None elsewhere: rchar counts read calls, read_bytes what storage delivered (mappings too)."""

    def field(path, name):
        try:
            with open(path) as lines:
                return next(int(line.split()[1]) for line in lines if line.startswith(name))
        except (OSError, StopIteration):
            return None

    def kilobytes(name):
        value = field("/proc/self/status", name)
        return None if value is None else 1024 * value

    return {
        "peak": kilobytes("VmHWM:"),
        "now": kilobytes("VmRSS:"),
        "read": field("/proc/self/io", "rchar:"),
        "disk": field("/proc/self/io", "read_bytes:"),
    }


def timed(run):
    """Runs it once and says what that cost, as `step` answers."""
    before = now()
    run()
    return cost(before, now())


def now():
    """Three clocks in seconds: a steady one, this process's processor time, the calendar's."""
    return time.perf_counter(), time.process_time(), time.time()


def cost(before, after):
    return {"ms": 1000 * (after[0] - before[0]), "cpuMs": 1000 * (after[1] - before[1]), "at": 1000 * after[2]}


def serve(about, step, output=None):
    """Speaks the lines above until stdin ends. `step` returns its answer; `output` the last output as a flat sequence of floats."""
    import array

    out = sys.stdout
    sys.stdout = sys.stderr  # what libraries print is not an answer

    def answer(value):
        out.write(json.dumps(value) + "\n")
        out.flush()

    answer({**about, "before": usage()})
    for line in sys.stdin:
        command, _, rest = line.strip().partition(" ")
        if command == "step":
            answer(step())
        elif command == "usage":
            answer(usage())
        elif command == "output":
            with open(rest, "wb") as file:
                array.array("f", output()).tofile(file)
            answer({})


def torch_inputs(torch, sizes, dtype):
    """x [1, 128, height, width] of sines, context [1, textTokens, context] of cosines, as ours are; sigma 0.7."""
    shape = [1, 128, sizes["height"], sizes["width"]]
    count = 128 * sizes["height"] * sizes["width"]
    words = [1, sizes["textTokens"], sizes["context"]]
    x = torch.sin(torch.arange(count, dtype=torch.float64)).reshape(shape).to(dtype)
    context = torch.cos(torch.arange(words[1] * words[2], dtype=torch.float64)).reshape(words).to(dtype)
    return x, context, 0.7
