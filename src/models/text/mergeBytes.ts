/** A vocabulary as byte pair encoding looks at it: ids by a token's bytes, each byte a character of the key. */
export type ByteVocabulary = ReadonlyMap<string, number>;

interface Pair {
  readonly left: number;
  readonly right: number;
  readonly token: number;
  readonly leftId: number;
  readonly rightId: number;
}

/**
 * The ids of a piece of text, its bytes as characters. Byte pair encoding without a list of merges: any two neighbours that together are
 * a token may become it, the lowest id first, then the lowest ids of the two parts, then the leftmost. A heap of pairs over a linked list:
 * n log n, so that a text without spaces is no way to make it slow. Every single byte must be in the vocabulary.
 */
export function mergeBytes(vocabulary: ByteVocabulary, bytes: string): number[] {
  const whole = vocabulary.get(bytes);
  if (whole !== undefined) return [whole];
  const n = bytes.length;
  // Part i begins at byte i and ends before next[i]; a part that was taken into the one before it has the id -1.
  const ids = Int32Array.from({ length: n }, (_, i) => vocabulary.get(bytes[i]!)!);
  const next = Int32Array.from({ length: n }, (_, i) => i + 1);
  const before = Int32Array.from({ length: n }, (_, i) => i - 1);
  const heap: Pair[] = [];
  const offer = (left: number): void => {
    const right = left < 0 ? n : next[left]!;
    if (right >= n) return;
    const token = vocabulary.get(bytes.slice(left, next[right]!));
    if (token !== undefined) push(heap, { left, right, token, leftId: ids[left]!, rightId: ids[right]! });
  };
  for (let i = 0; i < n; i++) offer(i);
  for (let pair = pop(heap); pair; pair = pop(heap)) {
    const { left, right, token, leftId, rightId } = pair;
    if (ids[left] !== leftId || ids[right] !== rightId || next[left] !== right) continue;
    ids[left] = token;
    ids[right] = -1;
    next[left] = next[right]!;
    if (next[left]! < n) before[next[left]!] = left;
    offer(before[left]!);
    offer(left);
  }
  return Array.from(ids.filter((id) => id >= 0));
}

const sooner = (a: Pair, b: Pair): boolean =>
  (a.token - b.token || a.leftId - b.leftId || a.rightId - b.rightId || a.left - b.left) < 0;

function push(heap: Pair[], pair: Pair): void {
  let at = heap.length;
  for (let up = (at - 1) >> 1; at > 0 && sooner(pair, heap[up]!); up = (at - 1) >> 1) {
    heap[at] = heap[up]!;
    at = up;
  }
  heap[at] = pair;
}

function pop(heap: Pair[]): Pair | undefined {
  const top = heap[0];
  const last = heap.pop();
  if (top === undefined || last === undefined || heap.length === 0) return top;
  let at = 0;
  for (let down = 1; down < heap.length; down = 2 * at + 1) {
    if (down + 1 < heap.length && sooner(heap[down + 1]!, heap[down]!)) down++;
    if (!sooner(heap[down]!, last)) break;
    heap[at] = heap[down]!;
    at = down;
  }
  heap[at] = last;
  return top;
}
