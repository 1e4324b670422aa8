/**
 * The loops of `kernels.ts`, in WebAssembly's text. Each goes over blocks of 32 values (nvfp4: 64) or over sixteen bytes, with places in memory
 * as its arguments, reads and writes nothing else, and returns 0, or 1 where it met what it does not know how to write.
 */
export const kernelText = (): string =>
  [FP8_TO_Q8, FP8_TO_HALVES, INT8, INT4, NVFP4, CODEBOOK, AFFINE, CAST16, CAST32].join("\n");

const range = (n: number): readonly number[] => [...Array(n).keys()];
const shuffle = (a: string, b: string, lanes: readonly number[]): string =>
  `(i8x16.shuffle ${lanes.join(" ")} ${a} ${b})`;
const get = (name: string): string => `(local.get $${name})`;
const add = (name: string, n: number | string): string =>
  `(local.set $${name} (i32.add ${get(name)} ${typeof n === "number" ? `(i32.const ${n})` : n}))`;
const splat = (n: number): string => `(i8x16.splat (i32.const ${n}))`;
/** Counts `name` down and goes round again while it is not 0. */
const again = (label: string, name: string): string =>
  `(br_if $${label} (local.tee $${name} (i32.sub ${get(name)} (i32.const 1))))`;

/** Codes of magnitudes that can be anything but 0 beside a block's largest. */
export const WINDOW = 80;

/** The largest of 16 bytes. */
const LARGEST = [8, 4, 2, 1]
  .map(
    (n) =>
      `(local.set $m (i8x16.max_u ${get("m")} ${shuffle(
        get("m"),
        get("m"),
        range(16).map((i) => (i + n) % 16),
      )}))`,
  )
  .join(" ");

/** A byte of Q8_0 for each of 16 codes: its magnitude is looked up in the window of the block's largest, then the sign is put on. */
const lookUp = (code: string, out: number): string => `
  (local.set $i (i8x16.add (v128.and ${get(code)} ${splat(127)}) ${get("shift")}))
  (local.set $q ${range(WINDOW / 16)
    .map(
      (n) => `(i8x16.swizzle (v128.load offset=${16 * n} ${get("window")}) (i8x16.sub ${get("i")} ${splat(16 * n)}))`,
    )
    .reduce((a, b) => `(v128.or ${a} ${b})`)})
  (local.set $s (i8x16.lt_s ${get(code)} ${splat(0)}))
  (v128.store offset=${out} ${get("out")} (i8x16.sub (v128.xor ${get("q")} ${get("s")}) ${get("s")}))`;

/** `exponents`: a byte a block, `step` apart, that says which 128 scales hold. `windows`: WINDOW bytes for each largest magnitude below `end`. */
const FP8_TO_Q8 = `
(func $fp8ToQ8 (param $codes i32) (param $exponents i32) (param $step i32) (param $out i32) (param $blocks i32)
    (param $scales i32) (param $windows i32) (param $end i32)
    (local $bad i32) (local $largest i32) (local $window i32) (local $a v128) (local $b v128) (local $m v128) (local $shift v128)
    (local $i v128) (local $q v128) (local $s v128)
  (loop $next
    (local.set $a (v128.load ${get("codes")}))
    (local.set $b (v128.load offset=16 ${get("codes")}))
    (local.set $m (v128.and (i8x16.max_u (v128.and ${get("a")} ${splat(127)}) (v128.and ${get("b")} ${splat(127)})) ${splat(127)}))
    ${LARGEST}
    (local.set $largest (i8x16.extract_lane_u 0 ${get("m")}))
    (local.set $bad (i32.or ${get("bad")} (i32.ge_u ${get("largest")} ${get("end")})))
    (i32.store16 ${get("out")} (i32.load16_u (i32.add ${get("scales")} (i32.shl
      (i32.or (i32.shl (i32.load8_u ${get("exponents")}) (i32.const 7)) ${get("largest")}) (i32.const 1)))))
    (local.set $window (i32.add ${get("windows")} (i32.mul ${get("largest")} (i32.const ${WINDOW}))))
    (local.set $shift (i8x16.splat (i32.sub (i32.const ${WINDOW - 1}) ${get("largest")})))
    ${lookUp("a", 2)}
    ${lookUp("b", 18)}
    ${add("codes", 32)} ${add("out", 34)} ${add("exponents", get("step"))}
    ${again("next", "blocks")})
  ${get("bad")})`;

/** `tables`: 256 halves for each byte of `exponents`. */
const FP8_TO_HALVES = `
(func $fp8ToHalves (param $codes i32) (param $exponents i32) (param $step i32) (param $out i32) (param $blocks i32)
    (param $tables i32) (param $end i32) (local $table i32) (local $m v128)
  (loop $next
    (local.set $table (i32.add ${get("tables")} (i32.shl (i32.load8_u ${get("exponents")}) (i32.const 9))))
    (local.set $m (i8x16.max_u ${get("m")} (i8x16.max_u (v128.and (v128.load ${get("codes")}) ${splat(127)})
      (v128.and (v128.load offset=16 ${get("codes")}) ${splat(127)}))))
    ${range(16)
      .map((n) => {
        const half = (i: number) =>
          `(i32.load16_u (i32.add ${get("table")} (i32.shl (i32.load8_u offset=${i} ${get("codes")}) (i32.const 1))))`;
        return `(i32.store offset=${4 * n} ${get("out")} (i32.or ${half(2 * n)} (i32.shl ${half(2 * n + 1)} (i32.const 16))))`;
      })
      .join("\n")}
    ${add("codes", 32)} ${add("out", 64)} ${add("exponents", get("step"))}
    ${again("next", "blocks")})
  ${LARGEST}
  (i32.ge_u (i8x16.extract_lane_u 0 ${get("m")}) ${get("end")}))`;

/** f16's 1, which a block of whole numbers has as its d. */
const ONE = `(i32.store16 ${get("out")} (i32.const 15360))`;

const INT8 = `
(func $int8 (param $codes i32) (param $out i32) (param $blocks i32)
  (loop $next
    ${ONE}
    (v128.store offset=2 ${get("out")} (v128.load ${get("codes")}))
    (v128.store offset=18 ${get("out")} (v128.load offset=16 ${get("codes")}))
    ${add("codes", 32)} ${add("out", 34)}
    ${again("next", "blocks")})
  (i32.const 0))`;

const FIRST = range(8).flatMap((i) => [i, i + 16]);
const SECOND = FIRST.map((i) => i + 8);
const low = (v: string): string => `(v128.and ${get(v)} ${splat(15)})`;
const high = (v: string): string => `(i8x16.shr_u ${get(v)} (i32.const 4))`;

/** Value j and value j + 16 share a byte of Q4_0, with 8 added: the sign bit turned. */
const INT4 = `
(func $int4 (param $codes i32) (param $out i32) (param $blocks i32) (local $c v128) (local $lows v128) (local $highs v128)
  (loop $next
    (local.set $c (v128.load ${get("codes")}))
    (local.set $lows ${low("c")})
    (local.set $highs ${high("c")})
    ${ONE}
    (v128.store offset=2 ${get("out")} (v128.xor ${splat(136)} (v128.or ${shuffle(get("lows"), get("highs"), FIRST)}
      (i8x16.shl ${shuffle(get("lows"), get("highs"), SECOND)} (i32.const 4)))))
    ${add("codes", 16)} ${add("out", 18)}
    ${again("next", "blocks")})
  (i32.const 0))`;

/** Two groups of 16 values of an nvfp4 file, high nibble first, as ggml has them: value j low, j + 8 high. */
const halfOfNvfp4 = (offset: number): string => `
    (local.set $c (v128.load offset=${offset} ${get("codes")}))
    (local.set $lows ${low("c")})
    (local.set $highs ${high("c")})
    (local.set $a ${shuffle(get("highs"), get("lows"), FIRST)})
    (local.set $b ${shuffle(get("highs"), get("lows"), SECOND)})
    (v128.store offset=${4 + offset} ${get("out")} (v128.or
      ${shuffle(get("a"), get("b"), [...range(8), ...range(8).map((i) => i + 16)])}
      (i8x16.shl ${shuffle(get("a"), get("b"), [...range(8).map((i) => i + 8), ...range(8).map((i) => i + 24)])} (i32.const 4))))`;

const NVFP4 = `
(func $nvfp4 (param $codes i32) (param $scales i32) (param $out i32) (param $blocks i32)
    (local $c v128) (local $lows v128) (local $highs v128) (local $a v128) (local $b v128)
  (loop $next
    (i32.store ${get("out")} (i32.load ${get("scales")}))
    ${halfOfNvfp4(0)}
    ${halfOfNvfp4(16)}
    ${add("codes", 32)} ${add("scales", 4)} ${add("out", 36)}
    ${again("next", "blocks")})
  (i32.const 0))`;

/** 16 bytes for 8 bytes of nibbles, low one first: the level of each, in the sixteen of its group's scale. */
const levels = (half: number): string => `
    (local.set $c (v128.load64_zero offset=${8 * half} ${get("codes")}))
    (v128.store offset=${2 + 16 * half} ${get("out")} (i8x16.swizzle
      (v128.load (i32.add ${get("levels")} (i32.shl (i32.load8_u offset=${half} ${get("scales")}) (i32.const 4))))
      ${shuffle(low("c"), high("c"), FIRST)}))`;

/** `scales`: a byte for each 16 values. `levels`: 16 bytes for each byte of scale. */
const CODEBOOK = `
(func $codebook (param $codes i32) (param $scales i32) (param $levels i32) (param $out i32) (param $blocks i32) (local $c v128)
  (loop $next
    ${ONE}
    ${levels(0)}
    ${levels(1)}
    ${add("codes", 16)} ${add("scales", 2)} ${add("out", 34)}
    ${again("next", "blocks")})
  (i32.const 0))`;

/** `heads`: d and m of Q4_1 for each group of `per` blocks. A code is the bits of `mask` above `bits`. */
const AFFINE = `
(func $affine (param $codes i32) (param $heads i32) (param $per i32) (param $bits i32) (param $mask i32) (param $out i32) (param $groups i32)
    (local $left i32) (local $head i32)
  (loop $group
    (local.set $left ${get("per")})
    (local.set $head (i32.load ${get("heads")}))
    (loop $next
      (i32.store ${get("out")} ${get("head")})
      (v128.store offset=4 ${get("out")} (v128.or
        (v128.and (i8x16.shr_u (v128.load ${get("codes")}) ${get("bits")}) (i8x16.splat ${get("mask")}))
        (i8x16.shl (v128.and (i8x16.shr_u (v128.load offset=16 ${get("codes")}) ${get("bits")}) (i8x16.splat ${get("mask")})) (i32.const 4))))
      ${add("codes", 32)} ${add("out", 20)}
      ${again("next", "left")})
    ${add("heads", 4)}
    ${again("group", "groups")})
  (i32.const 0))`;

/** Codes of 16-bit floats: a table has those of all 65,536. */
const CAST16 = `
(func $cast16 (param $values i32) (param $table i32) (param $out i32) (param $blocks i32)
  (loop $next
    ${range(32)
      .map(
        (i) =>
          `(i32.store8 offset=${i} ${get("out")} (i32.load8_u (i32.add ${get("table")} (i32.load16_u offset=${2 * i} ${get("values")}))))`,
      )
      .join("\n")}
    ${add("values", 64)} ${add("out", 32)}
    ${again("next", "blocks")})
  (i32.const 0))`;

/** The same for f32, cut to its upper half; what was cut off is one bit at its end, so that a tie is not seen where there is none. */
const CAST32 = `
(func $cast32 (param $values i32) (param $table i32) (param $out i32) (param $blocks i32) (local $w i32)
  (loop $next
    ${range(32)
      .map(
        (i) => `(local.set $w (i32.load offset=${4 * i} ${get("values")}))
      (i32.store8 offset=${i} ${get("out")} (i32.load8_u (i32.add ${get("table")} (i32.or (i32.shr_u ${get("w")} (i32.const 16))
        (i32.ne (i32.const 0) (i32.and ${get("w")} (i32.const 65535)))))))`,
      )
      .join("\n")}
    ${add("values", 128)} ${add("out", 32)}
    ${again("next", "blocks")})
  (i32.const 0))`;
