#!/usr/bin/env bash
# gguf-py against `weir quantize`, where PyPI answers: it opens our file, and for each type that it can make, the bytes of every tensor are those
# that it makes itself of the demo's weights. Needs python3 and a built dist/. The last line is `N passed, N failed`.
set -uo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
# The package whose formulas the encoders are held to.
version=0.19.0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
if ! { python3 -m venv "$work/venv" && "$work/venv/bin/pip" install -q "gguf==$version"; } >"$work/log" 2>&1; then
  echo "gguf-py $version does not install here, nothing was compared: $(tail -n 1 "$work/log")"
  exit 0
fi
cat >"$work/compare.py" <<'PY'
import json, struct, sys
import numpy as np
from gguf import GGUFReader, GGMLQuantizationType
from gguf.quants import quantize

def safetensors(path):
    with open(path, "rb") as file:
        data = file.read()
    size = struct.unpack("<Q", data[:8])[0]
    for name, entry in json.loads(data[8 : 8 + size]).items():
        if name == "__metadata__":
            continue
        start, end = (8 + size + at for at in entry["data_offsets"])
        raw = data[start:end]
        if entry["dtype"] == "BF16":
            values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[entry["dtype"]]).astype(np.float32)
        yield name, values.reshape(entry["shape"])

given = dict(safetensors(sys.argv[1]))
reader = GGUFReader(sys.argv[2])
assert bytes(reader.fields["general.architecture"].parts[-1]).decode() == "flux"
compared = other = 0
assert {tensor.name for tensor in reader.tensors} == set(given)
for tensor in reader.tensors:
    values = given[tensor.name]
    assert [int(size) for size in tensor.shape] == list(reversed(values.shape)), tensor.name
    try:
        wanted = quantize(values, tensor.tensor_type)
    except NotImplementedError:
        other += 1
        continue
    if wanted.tobytes() != tensor.data.tobytes():
        sys.exit(f"{tensor.name} ({GGMLQuantizationType(tensor.tensor_type).name}): other bytes")
    compared += 1
assert compared > 0
print(f"{compared} tensors are gguf-py's bytes, {other} are of types that it cannot make")
PY
demo="$here/demo/models/diffusion_models/weir-demo-dit.safetensors"
passed=0
failed=0
for type in f32 f16 bf16 q8_0 q5_1 q5_0 q4_1 q4_0 mxfp4 q6_k q5_k q4_k iq4_nl; do
  if node "$here/dist/cli/main.js" quantize "$demo" "$work/$type.gguf" --type "$type" >"$work/out" 2>&1 &&
    "$work/venv/bin/python" "$work/compare.py" "$demo" "$work/$type.gguf" >"$work/out" 2>&1; then
    passed=$((passed + 1))
    echo "$type: $(tail -n 1 "$work/out")"
  else
    failed=$((failed + 1))
    echo "$type: FAIL" && tail -n 5 "$work/out"
  fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
