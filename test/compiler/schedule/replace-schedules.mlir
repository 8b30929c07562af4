// The schedule of a kernel by name, in place of the rule's; others keep theirs.
// RUN: printf 'kernel "double" { // a comment with }\n  hl.schedule %%%%out : <2, f32> {\n    hl.vectorize "i" by 4\n  }\n}\n' > %t.txt
// RUN: argent-opt %s --hl-schedule=target=x86-64-linux-avx2 --hl-replace-schedules=file=%t.txt | FileCheck %s
// CHECK-LABEL: hl.pipeline @k0
// CHECK-SAME: by_hand
// CHECK: hl.schedule %out
// CHECK-NEXT: hl.vectorize "i" by 4
// CHECK-NEXT: }
// CHECK-LABEL: hl.pipeline @k1
// CHECK-SAME: kernel_name = "double #2"
// CHECK-NOT: by 4
// CHECK-LABEL: hl.pipeline @k2
// CHECK-SAME: kernel_name = "double"
// CHECK: hl.vectorize "i" by 4
module {
  hl.pipeline @k0(%x: !hl.buffer<?x64xf32>) -> (!hl.buffer<?x64xf32>) attributes {kernel_name = "double"} {
    %out = hl.func "out" [%n in ?, %i in 64] -> f32 {
      %v = hl.at %x[%n, %i] : !hl.buffer<?x64xf32> -> f32
      %y = arith.addf %v, %v : f32
      hl.yield %y : f32
    }
    hl.output %out : !hl.func<2, f32>
  }
  // The same name, another computation.
  hl.pipeline @k1(%x: !hl.buffer<?x64xf32>) -> (!hl.buffer<?x64xf32>) attributes {kernel_name = "double"} {
    %out = hl.func "out" [%n in ?, %i in 64] -> f32 {
      %v = hl.at %x[%n, %i] : !hl.buffer<?x64xf32> -> f32
      %y = arith.mulf %v, %v : f32
      hl.yield %y : f32
    }
    hl.output %out : !hl.func<2, f32>
  }
  // The same computation again.
  hl.pipeline @k2(%x: !hl.buffer<?x64xf32>) -> (!hl.buffer<?x64xf32>) attributes {kernel_name = "double"} {
    %out = hl.func "out" [%n in ?, %i in 64] -> f32 {
      %v = hl.at %x[%n, %i] : !hl.buffer<?x64xf32> -> f32
      %y = arith.addf %v, %v : f32
      hl.yield %y : f32
    }
    hl.output %out : !hl.func<2, f32>
  }
}
