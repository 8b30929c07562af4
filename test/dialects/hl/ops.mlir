// Every operation's text, printed and read again, also through the generic form.
// RUN: argent-opt %s | FileCheck %s
// RUN: argent-opt %s | argent-opt | FileCheck %s
// RUN: argent-opt %s --mlir-print-op-generic | argent-opt | FileCheck %s

// CHECK-LABEL: hl.pipeline @pointwise(
// CHECK-SAME: !hl.buffer<?x13xf32>
// CHECK-SAME: -> (!hl.buffer<?x13xf32>) attributes {inplace = array<i64: 0>}
hl.pipeline @pointwise(%x: !hl.buffer<?x13xf32>) -> (!hl.buffer<?x13xf32>) attributes {inplace = array<i64: 0>} {
  // CHECK: %out = hl.func "out" [%n, %i] -> f32 {
  %out = hl.func "out" [%n, %i] -> f32 {
    // CHECK: hl.at %{{.*}}[%n, %i] : !hl.buffer<?x13xf32> -> f32
    %v = hl.at %x[%n, %i] : !hl.buffer<?x13xf32>
    %s = arith.addf %v, %v : f32
    // CHECK: hl.yield %{{.*}} : f32
    hl.yield %s : f32
  }
  // CHECK: hl.output %out : !hl.func<2, f32>
  hl.output %out : !hl.func<2, f32>
  // CHECK: hl.schedule %out : <2, f32> {
  hl.schedule %out : !hl.func<2, f32> {
    // CHECK: hl.split "i" into "io", "ii" by 8 tail {{ *}}guard_with_if
    hl.split "i" into "io", "ii" by 8 tail guard_with_if
    // CHECK: hl.vectorize "ii"
    hl.vectorize "ii"
    // CHECK: hl.fuse "io", "n" into "t"
    hl.fuse "io", "n" into "t"
    // CHECK: hl.parallel "t" by 4 tail {{ *}}guard_with_if
    hl.parallel "t" by 4 tail guard_with_if
    // CHECK: hl.specialize batch at_least 16 multiple_of 8 {
    hl.specialize batch at_least 16 multiple_of 8 {
      // CHECK: hl.unroll "t" by 2 tail {{ *}}guard_with_if
      hl.unroll "t" by 2 tail guard_with_if
    }
  }
}

// What rules and reports read: extents of axes, also of N times a number; the kernel's name, operations, role.
// CHECK-LABEL: hl.pipeline @facts
// CHECK-SAME: role gradient attributes {by_hand, flops = array<i64: 0, 280>, kernel_name = "double", min_batch = 6 : i64, ops = ["add"], small = @facts_small}
hl.pipeline @facts(%x: !hl.buffer<?x8xf32, batch = [35, 0]>) -> (!hl.buffer<?x8xf32, batch = [35, 0]>)
    role gradient attributes {kernel_name = "double", ops = ["add"], flops = array<i64: 0, 280>, min_batch = 6, small = @facts_small, by_hand} {
  // CHECK: hl.func "sum" [] -> f32 {
  %sum = hl.func "sum" [] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  // CHECK: } update [] over [%r in 8, %m in ?] {
  } update [] over [%r in 8, %m in ?] {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  }
  // CHECK: hl.func "out" [%n in ? * 35, %i in 8] -> f32 {
  %out = hl.func "out" [%n in ? * 35, %i in 8] -> f32 {
    %v = hl.at %x[%n, %i] : !hl.buffer<?x8xf32, batch = [35, 0]>
    %s = arith.addf %v, %v : f32
    hl.yield %s : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// Written in place (C4): the only index of an axis of one point is that point, whether named by the axis or by 0.
// CHECK-LABEL: hl.pipeline @one_point
hl.pipeline @one_point(%x: !hl.buffer<8x1xf32>) -> (!hl.buffer<8x1xf32>) attributes {inplace = array<i64: 0>} {
  %out = hl.func "out" [%i, %j] -> f32 {
    %zero = arith.constant 0 : i32
    // CHECK: hl.at %{{.*}}[%i, %{{.*}}] : !hl.buffer<8x1xf32>
    %v = hl.at %x[%i, %zero] : !hl.buffer<8x1xf32>
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
}

// Names: an axis whose SSA name differs is printed with its own.
// CHECK-LABEL: hl.pipeline @loads
hl.pipeline @loads(%x: !hl.buffer<?x13xui8>, %b: !hl.buffer<?x650xf32, batch = [35, 0]>, %s: !hl.buffer<f32>) -> (!hl.buffer<?x13xf32>, !hl.buffer<?x13xi32>) {
  // CHECK: %i = hl.func "i" [%x, %i_0 as "i"] -> (f32, i32) {
  %pair = hl.func "i" [%x0 as "x", %i] -> (f32, i32) {
    // CHECK: hl.at %{{.*}} clamped [%
    %u = hl.at %x clamped [%x0, %i] : !hl.buffer<?x13xui8> -> i8
    %f = arith.uitofp %u : i8 to f32
    %zero = arith.constant 0.0 : f32
    // CHECK: hl.at %{{.*}}[%{{.*}}, %{{.*}}] else %{{.*}} : !hl.buffer<?x650xf32, batch = [35, 0]> -> f32
    %v = hl.at %b[%x0, %i] else %zero : !hl.buffer<?x650xf32, batch = [35, 0]> -> f32
    // CHECK: hl.at %{{.*}}[] : !hl.buffer<f32> -> f32
    %c = hl.at %s[] : !hl.buffer<f32> -> f32
    %t = arith.addf %v, %c : f32
    // CHECK: hl.normal_cdf %{{.*}} : f32
    %d = hl.normal_cdf %t : f32
    %r = arith.addf %d, %f : f32
    // CHECK: hl.div %{{.*}}, %{{.*}} : i32
    %q = hl.div %i, %x0 : i32
    // CHECK: hl.mod %{{.*}}, %{{.*}} : i32
    %m = hl.mod %i, %q : i32
    // CHECK: hl.batch : i32
    %N = hl.batch : i32
    %k = arith.addi %m, %N : i32
    hl.yield %r, %k : f32, i32
  }
  hl.output %pair : !hl.func<2, f32, i32>
}

// CHECK-LABEL: hl.pipeline @reduction
hl.pipeline @reduction(%x: !hl.buffer<?x64xf32>, %where: !hl.buffer<?xi32>) -> (!hl.buffer<8xf32>) {
  %acc = hl.func "acc" [%c] -> f32 {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  // CHECK: } update [%c] over [%n in ?, %k in 8] {
  } update [%c] over [%n in ?, %k in 8] {
    // CHECK: hl.self[%c] : f32
    %old = hl.self[%c] : f32
    %eight = arith.constant 8 : i32
    %row = arith.muli %k, %eight : i32
    %i = arith.addi %row, %c : i32
    %v = hl.at %x[%n, %i] : !hl.buffer<?x64xf32> -> f32
    %less = arith.cmpi slt, %k, %eight : i32
    // CHECK: hl.where %
    hl.where %less
    %sum = arith.addf %old, %v : f32
    hl.yield %sum : f32
  // CHECK: } update [%{{.*}}] over [%n in ?] {
  } update [%c] over [%n in ?] {
    %zero = arith.constant 0 : i32
    %seven = arith.constant 7 : i32
    %w = hl.at %where[%n] : !hl.buffer<?xi32> -> i32
    %w0 = arith.maxsi %w, %zero : i32
    %w1 = arith.minsi %w0, %seven : i32
    %old = hl.self[%w1] : f32
    // CHECK: hl.yield %{{.*}} at[%{{.*}}] : f32
    hl.yield %old at [%w1] : f32
  // CHECK: } update [%{{.*}}] {
  } update [%c] {
    %old = hl.self[%c] : f32
    hl.yield %old : f32
  }
  // CHECK: %out = hl.func
  %out = hl.func "out" [%c] -> f32 {
    %v = hl.at %acc[%c] : !hl.func<1, f32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<1, f32>
  // CHECK: hl.schedule %acc update(0) : <1, f32> {
  hl.schedule %acc update(0) : !hl.func<1, f32> {
    hl.split "k" into "ko", "ki" by 4
  }
  // CHECK: hl.rfactor %acc update(0) ["ko" -> "u"] : !hl.func<1, f32> -> !hl.func<2, f32>
  %partial = hl.rfactor %acc update(0) ["ko" -> "u"] : !hl.func<1, f32> -> !hl.func<2, f32>
  // CHECK: hl.in %{{.*}} for %{{.*}} : !hl.buffer<?x64xf32>, !hl.func<2, f32> -> <2, f32>
  %copy = hl.in %x for %partial : !hl.buffer<?x64xf32>, !hl.func<2, f32> -> !hl.func<2, f32>
  // CHECK: hl.in %acc : !hl.func<1, f32> -> <1, f32>
  %all = hl.in %acc : !hl.func<1, f32> -> !hl.func<1, f32>
  hl.schedule %acc : !hl.func<1, f32> {
    // CHECK: hl.compute_root
    hl.compute_root
    // CHECK: hl.store_root
    hl.store_root
    // CHECK: hl.bound "c" from 0 extent 8
    hl.bound "c" from 0 extent 8
    // CHECK: hl.align_bounds "c", 8
    hl.align_bounds "c", 8
    // CHECK: hl.align_bounds "c", 8 remainder 1
    hl.align_bounds "c", 8 remainder 1
    // CHECK: hl.bound_extent "c", 8
    hl.bound_extent "c", 8
    // CHECK: hl.align_storage "c", 16
    hl.align_storage "c", 16
    // CHECK: hl.reorder_storage ["c"]
    hl.reorder_storage ["c"]
    // CHECK: hl.store_in "stack"
    hl.store_in "stack"
  }
  hl.schedule %partial : !hl.func<2, f32> {
    // CHECK: hl.compute_at %acc, "ko" : <1, f32>
    hl.compute_at %acc, "ko" : !hl.func<1, f32>
    // CHECK: hl.store_at %acc, "ko" : <1, f32>
    hl.store_at %acc, "ko" : !hl.func<1, f32>
    // CHECK: hl.reorder ["c", "u"]
    hl.reorder ["c", "u"]
  }
  hl.schedule %copy : !hl.func<2, f32> {
    hl.compute_root
    // CHECK: hl.vectorize "d1" by 8
    hl.vectorize "d1" by 8
  }
}

// CHECK-LABEL: hl.pipeline @gpu
hl.pipeline @gpu(%x: !hl.buffer<64x64xf32>) -> (!hl.buffer<64x64xf32>) {
  %out = hl.func "out" [%y, %z] -> f32 {
    %v = hl.at %x[%z, %y] : !hl.buffer<64x64xf32> -> f32
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<2, f32>
  hl.schedule %out : !hl.func<2, f32> {
    hl.split "z" into "zo", "zi" by 32
    // CHECK: hl.gpu_blocks ["zo"]
    hl.gpu_blocks ["zo"]
    // CHECK: hl.gpu_threads ["y"]
    hl.gpu_threads ["y"]
    // CHECK: hl.gpu_lanes "zi"
    hl.gpu_lanes "zi"
  }
}

// What a func is in its algorithm stands behind its type; a role that is `forward` is not written.
// CHECK-LABEL: hl.pipeline @stages
// CHECK-SAME: -> (!hl.buffer<?x4x8xf32>) {
hl.pipeline @stages(%x: !hl.buffer<?x4x8xf32>, %w: !hl.buffer<8x8xf32>) -> (!hl.buffer<?x4x8xf32>) role forward {
  // CHECK: hl.func "acc" [%n in ?, %p in 4, %k in 8] -> f32 stage image {
  %acc = hl.func "acc" [%n in ?, %p in 4, %k in 8] -> f32 stage image {
    %zero = arith.constant 0.0 : f32
    hl.yield %zero : f32
  } update [%n, %p, %k] over [%c in 8] {
    %old = hl.self [%n, %p, %k] : f32
    %xv = hl.at %x[%n, %p, %c] : !hl.buffer<?x4x8xf32>
    %wv = hl.at %w[%c, %k] : !hl.buffer<8x8xf32>
    %product = arith.mulf %xv, %wv : f32
    %sum = arith.addf %old, %product : f32
    hl.yield %sum : f32
  }
  // CHECK: hl.func "out" [%n in ?, %p in 4, %k in 8] -> f32 {
  %out = hl.func "out" [%n in ?, %p in 4, %k in 8] -> f32 {
    %v = hl.at %acc[%n, %p, %k] : !hl.func<3, f32>
    hl.yield %v : f32
  }
  hl.output %out : !hl.func<3, f32>
}
