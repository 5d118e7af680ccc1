;; What looks at each byte of long texts. `npm run generate` writes simd.wasm.ts from this text.
;; In memory: what has to close what is open, one byte each, from 0 on; from 16384 on the text, and 64 bytes more.
(module
  (memory (export "memory") 2)
  (global $depth (export "depth") (mut i32) (i32.const 0))
  (global $in_string (export "isInString") (mut i32) (i32.const 0))

  ;; Goes from $at, where something is open, up to $end. Returns the offset behind the quote or bracket with which
  ;; nothing is open any more; else $end, or $end + 1 where the last byte escapes the next; ~offset of a bracket that
  ;; does not fit, or nests too deep.
  (func (export "skip") (param $at i32) (param $end i32) (result i32)
    (local $byte i32)
    (loop $next
      (if (global.get $in_string)
        (then
          (local.set $at (call $quote (local.get $at) (local.get $end)))
          (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (global.set $in_string (i32.const 0))
          (if (i32.eqz (global.get $depth)) (then (return (local.get $at))))))
      (local.set $at (call $mark (local.get $at) (local.get $end)))
      (if (i32.ge_u (local.get $at) (local.get $end)) (then (return (local.get $end))))
      (local.set $byte (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; "
        (then
          (global.set $in_string (i32.const 1))
          (br $next)))
      (if (i32.eq (i32.or (local.get $byte) (i32.const 0x20)) (i32.const 0x7b)) ;; { or [
        (then
          (if (i32.lt_u (global.get $depth) (i32.const 10000))
            (then
              ;; In ASCII each closer is its opener + 2.
              (i32.store8 (global.get $depth) (i32.add (local.get $byte) (i32.const 2)))
              (global.set $depth (i32.add (global.get $depth) (i32.const 1)))
              (br $next))))
        (else
          (global.set $depth (i32.sub (global.get $depth) (i32.const 1)))
          (if (i32.eq (i32.load8_u (global.get $depth)) (local.get $byte))
            (then
              (br_if $next (global.get $depth))
              (return (local.get $at)))))))
    ;; ~offset = -1 - offset, and $at is one behind.
    (i32.sub (i32.const 0) (local.get $at)))

  ;; The offset of the first quote or bracket from $at on; it may be behind $end, where there is none before.
  (func $mark (param $at i32) (param $end i32) (result i32)
    (local $block v128)
    (local $found i32)
    (loop $next
      (local.set $block (v128.load (local.get $at)))
      (local.set $found
        (i8x16.bitmask
          (v128.or
            (i8x16.eq (local.get $block) (i8x16.splat (i32.const 0x22)))
            (v128.or
              ;; With this bit, [ and ] are { and }.
              (i8x16.eq
                (v128.or (local.get $block) (i8x16.splat (i32.const 0x20)))
                (i8x16.splat (i32.const 0x7b)))
              (i8x16.eq
                (v128.or (local.get $block) (i8x16.splat (i32.const 0x20)))
                (i8x16.splat (i32.const 0x7d)))))))
      (if (local.get $found) (then (return (i32.add (local.get $at) (i32.ctz (local.get $found))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (local.get $end))

  ;; The offset of the quote that closes the string; else $end, or $end + 1 where the last byte escapes the next. Works
  ;; on 64 bytes at a time, of which each has a bit, as simdjson does: Langdale and Lemire, "Parsing Gigabytes of JSON
  ;; per Second", section 3.1.1.
  (func $quote (param $at i32) (param $end i32) (result i32)
    (local $first v128)
    (local $second v128)
    (local $third v128)
    (local $fourth v128)
    (local $backslashes i64)
    (local $quotes i64)
    (local $behind i64) ;; Behind a backslash.
    (local $starts i64) ;; The first of some backslashes, at an odd place.
    (local $sum i64)
    (local $escaped i64)
    (local $carry i64) ;; 1 where the first byte of the next block is escaped.
    (loop $next
      (if (i32.ge_u (local.get $at) (local.get $end))
        (then (return (i32.add (local.get $end) (i32.wrap_i64 (local.get $carry))))))
      (local.set $first (v128.load (local.get $at)))
      (local.set $second (v128.load offset=16 (local.get $at)))
      (local.set $third (v128.load offset=32 (local.get $at)))
      (local.set $fourth (v128.load offset=48 (local.get $at)))
      (local.set $backslashes
        (i64.or
          (i64.extend_i32_u
            (i32.or
              (i8x16.bitmask (i8x16.eq (local.get $first) (i8x16.splat (i32.const 0x5c))))
              (i32.shl
                (i8x16.bitmask (i8x16.eq (local.get $second) (i8x16.splat (i32.const 0x5c))))
                (i32.const 16))))
          (i64.shl
            (i64.extend_i32_u
              (i32.or
                (i8x16.bitmask (i8x16.eq (local.get $third) (i8x16.splat (i32.const 0x5c))))
                (i32.shl
                  (i8x16.bitmask (i8x16.eq (local.get $fourth) (i8x16.splat (i32.const 0x5c))))
                  (i32.const 16))))
            (i64.const 32))))
      (local.set $quotes
        (i64.or
          (i64.extend_i32_u
            (i32.or
              (i8x16.bitmask (i8x16.eq (local.get $first) (i8x16.splat (i32.const 0x22))))
              (i32.shl
                (i8x16.bitmask (i8x16.eq (local.get $second) (i8x16.splat (i32.const 0x22))))
                (i32.const 16))))
          (i64.shl
            (i64.extend_i32_u
              (i32.or
                (i8x16.bitmask (i8x16.eq (local.get $third) (i8x16.splat (i32.const 0x22))))
                (i32.shl
                  (i8x16.bitmask (i8x16.eq (local.get $fourth) (i8x16.splat (i32.const 0x22))))
                  (i32.const 16))))
            (i64.const 32))))
      ;; What is escaped does not escape.
      (local.set $backslashes
        (i64.and (local.get $backslashes) (i64.xor (local.get $carry) (i64.const -1))))
      (local.set $behind (i64.or (i64.shl (local.get $backslashes) (i64.const 1)) (local.get $carry)))
      (local.set $starts
        (i64.and
          (i64.and (local.get $backslashes) (i64.const 0xaaaaaaaaaaaaaaaa))
          (i64.xor (local.get $behind) (i64.const -1))))
      (local.set $sum (i64.add (local.get $starts) (local.get $backslashes)))
      (local.set $escaped
        (i64.and
          (i64.xor (i64.shl (local.get $sum) (i64.const 1)) (i64.const 0x5555555555555555))
          (local.get $behind)))
      (local.set $quotes
        (i64.and (local.get $quotes) (i64.xor (local.get $escaped) (i64.const -1))))
      (if (i64.ne (local.get $quotes) (i64.const 0))
        (then
          (if (i64.lt_u
                (i64.ctz (local.get $quotes))
                (i64.extend_i32_u (i32.sub (local.get $end) (local.get $at))))
            (then
              (return (i32.add (local.get $at) (i32.wrap_i64 (i64.ctz (local.get $quotes)))))))))
      (if (i32.lt_u (i32.sub (local.get $end) (local.get $at)) (i32.const 64))
        (then
          (return
            (i32.add
              (local.get $end)
              (i32.wrap_i64
                (i64.and
                  (i64.shr_u
                    (local.get $escaped)
                    (i64.extend_i32_u (i32.sub (local.get $end) (local.get $at))))
                  (i64.const 1)))))))
      (local.set $carry (i64.extend_i32_u (i64.lt_u (local.get $sum) (local.get $starts))))
      (local.set $at (i32.add (local.get $at) (i32.const 64)))
      (br $next))
    (unreachable))
  ;; The offset of the first place from $at on, and before $end, where $word stands, behind which is a byte of $from up
  ;; to $from + $count - 1; -1 where none is.
  (func (export "find") (param $at i32) (param $end i32) (param $word i32) (param $from i32) (param $count i32)
    (result i32)
    (local $found i32)
    (loop $next
      (local.set $found
        (i8x16.bitmask
          (v128.and
            (v128.and
              (i8x16.eq (v128.load (local.get $at)) (i8x16.splat (local.get $word)))
              (i8x16.eq
                (v128.load offset=1 (local.get $at))
                (i8x16.splat (i32.shr_u (local.get $word) (i32.const 8)))))
            (v128.and
              (i8x16.eq
                (v128.load offset=2 (local.get $at))
                (i8x16.splat (i32.shr_u (local.get $word) (i32.const 16))))
              (v128.and
                (i8x16.eq
                  (v128.load offset=3 (local.get $at))
                  (i8x16.splat (i32.shr_u (local.get $word) (i32.const 24))))
                (i8x16.lt_u
                  (i8x16.sub (v128.load offset=4 (local.get $at)) (i8x16.splat (local.get $from)))
                  (i8x16.splat (local.get $count))))))))
      (if (local.get $found)
        (then
          (local.set $at (i32.add (local.get $at) (i32.ctz (local.get $found))))
          (return (select (local.get $at) (i32.const -1) (i32.lt_u (local.get $at) (local.get $end))))))
      (local.set $at (i32.add (local.get $at) (i32.const 16)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $end))))
    (i32.const -1))
)
