import { expect, test } from "vitest";
import { DEVICE_TYPE, F32, STATUS } from "./abi.ts";
import { findLibrary } from "./findLibrary.ts";
import { sliceGraph } from "./graphSlice.ts";
import { loadLib } from "./lib.ts";

test("a slice computes its nodes, and no others", () => {
  const lib = loadLib(findLibrary({ env: {} }));
  const { g, registry } = lib;
  const devices = Array.from({ length: Number(registry.ggml_backend_dev_count()) }, (_, i) =>
    registry.ggml_backend_dev_get(i),
  );
  const backend = g.ggml_backend_dev_init(
    devices.find((device) => g.ggml_backend_dev_type(device) === DEVICE_TYPE.cpu)!,
    null,
  )!;
  const context = g.ggml_init({ mem_size: 2 ** 16, mem_buffer: null, no_alloc: false })!;
  const values = (tensor: bigint) => new Float32Array(lib.view(g.ggml_get_data(tensor)!, 16));
  const x = g.ggml_new_tensor_4d(context, F32, 4, 1, 1, 1);
  values(x).set([1, 2, 3, 4]);
  const nodes = [x];
  for (let i = 0; i < 3; i++) nodes.push(g.ggml_sqr(context, nodes.at(-1)!));
  const graph = g.ggml_new_graph_custom(context, 8, false);
  g.ggml_build_forward_expand(graph, nodes[3]!);
  for (const node of nodes.slice(1)) values(node).fill(-1);

  const run = (from: number, to: number) => {
    const slice = sliceGraph(lib, graph, from, to);
    expect(g.ggml_backend_graph_compute(backend, slice.graph)).toBe(STATUS.success);
    slice.free();
    return nodes.slice(1).map((node) => [...values(node)]);
  };
  const unset = [-1, -1, -1, -1];
  expect(run(0, 1)).toEqual([[1, 4, 9, 16], unset, unset]);
  expect(run(1, 3)).toEqual([
    [1, 4, 9, 16],
    [1, 16, 81, 256],
    [1, 256, 6561, 65536],
  ]);
  g.ggml_free(context);
  g.ggml_backend_free(backend);
});
