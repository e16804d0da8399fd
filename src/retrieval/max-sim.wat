;; The inner loop of late interaction: for each token of a question, the stored token most like it. Compiled into late-interaction.ts; a test compiles it again.
;; 16 products a step (SIMD): stored bytes are widened to 16 bits, multiplied with the question's 16-bit numbers and added in pairs to 32 bits.
(module
  (memory (export "memory") 1)
  ;; question: i16 [questions × dimensions]; values: i8 [tokens × dimensions]; scales: f32 [tokens];
  ;; bestToken: i32 [questions], bestScore: f32 [questions], both written. All addresses in bytes; at least one token.
  (func (export "best")
    (param $question i32) (param $questions i32) (param $values i32) (param $scales i32) (param $tokens i32) (param $dimensions i32)
    (param $bestToken i32) (param $bestScore i32)
    (local $token i32) (local $highest f32) (local $at i32) (local $score f32) (local $value i32) (local $number i32) (local $k i32) (local $whole i32)
    (local $bytes v128) (local $sums v128) (local $sum i32)
    (local.set $whole (i32.and (local.get $dimensions) (i32.const -16)))
    (block $done
      (loop $eachQuestion
        (br_if $done (i32.eqz (local.get $questions)))
        (local.set $token (i32.const 0))
        (local.set $highest (f32.const -inf))
        (local.set $value (local.get $values))
        (local.set $at (i32.const 0))
        (loop $eachToken
          (local.set $sums (v128.const i32x4 0 0 0 0))
          (local.set $number (local.get $question))
          (local.set $k (i32.const 0))
          (block $steps
            (loop $eachStep
              (br_if $steps (i32.ge_u (local.get $k) (local.get $whole)))
              (local.set $bytes (v128.load (local.get $value)))
              (local.set $sums
                (i32x4.add
                  (local.get $sums)
                  (i32x4.add
                    (i32x4.dot_i16x8_s (i16x8.extend_low_i8x16_s (local.get $bytes)) (v128.load (local.get $number)))
                    (i32x4.dot_i16x8_s (i16x8.extend_high_i8x16_s (local.get $bytes)) (v128.load offset=16 (local.get $number))))))
              (local.set $value (i32.add (local.get $value) (i32.const 16)))
              (local.set $number (i32.add (local.get $number) (i32.const 32)))
              (local.set $k (i32.add (local.get $k) (i32.const 16)))
              (br $eachStep)))
          (local.set $sum
            (i32.add
              (i32.add (i32x4.extract_lane 0 (local.get $sums)) (i32x4.extract_lane 1 (local.get $sums)))
              (i32.add (i32x4.extract_lane 2 (local.get $sums)) (i32x4.extract_lane 3 (local.get $sums)))))
          ;; What is left of a number of dimensions that 16 does not divide.
          (block $rest
            (loop $eachRest
              (br_if $rest (i32.ge_u (local.get $k) (local.get $dimensions)))
              (local.set $sum
                (i32.add (local.get $sum) (i32.mul (i32.load8_s (local.get $value)) (i32.load16_s (local.get $number)))))
              (local.set $value (i32.add (local.get $value) (i32.const 1)))
              (local.set $number (i32.add (local.get $number) (i32.const 2)))
              (local.set $k (i32.add (local.get $k) (i32.const 1)))
              (br $eachRest)))
          (local.set $score
            (f32.mul
              (f32.convert_i32_s (local.get $sum))
              (f32.load (i32.add (local.get $scales) (i32.shl (local.get $at) (i32.const 2))))))
          (if (f32.gt (local.get $score) (local.get $highest))
            (then
              (local.set $highest (local.get $score))
              (local.set $token (local.get $at))))
          (local.set $at (i32.add (local.get $at) (i32.const 1)))
          (br_if $eachToken (i32.lt_u (local.get $at) (local.get $tokens))))
        (i32.store (local.get $bestToken) (local.get $token))
        (f32.store (local.get $bestScore) (local.get $highest))
        (local.set $bestToken (i32.add (local.get $bestToken) (i32.const 4)))
        (local.set $bestScore (i32.add (local.get $bestScore) (i32.const 4)))
        (local.set $question (i32.add (local.get $question) (i32.shl (local.get $dimensions) (i32.const 1))))
        (local.set $questions (i32.sub (local.get $questions) (i32.const 1)))
        (br $eachQuestion)))))
