// RUN: argent-opt %s --nn-fission --nn-simplify | FileCheck %s
// RUN: argent-opt %s --nn-fission --nn-simplify --nn-fission --nn-simplify | FileCheck %s

// The product of the source and its bias move before the loop, the product that only the yield needs behind it: over all steps at once. What
// hangs on the carried values stays.
// CHECK-LABEL: func.func @lstm
// CHECK:         %[[ROWS:.*]] = nn.reshape %{{.*}} : tensor<?x5x8xf32> to tensor<?x8xf32, #nn.batch<[5, 0]>>
// CHECK-NEXT:    %[[XW:.*]] = nn.matmul %[[ROWS]], %{{.*}} : tensor<?x8xf32, #nn.batch<[5, 0]>>, tensor<8x16xf32>
// CHECK-NEXT:    %[[BIASED:.*]] = nn.add %[[XW]]
// CHECK-NEXT:    %[[SOURCE:.*]] = nn.reshape %[[BIASED]] : tensor<?x16xf32, #nn.batch<[5, 0]>> to tensor<?x5x16xf32>
// CHECK-NEXT:    %[[H:.*]], %{{.*}}:2 = nn.scan "lstm" 5 (%{{.*}}) over (%[[XW_T:.*]] = %[[SOURCE]] : tensor<?x5x16xf32>) carry {{.*}} with (%[[U:.*]] = %{{.*}} : tensor<4x16xf32>) -> (tensor<?x5x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
// CHECK-NEXT:      %[[HU:.*]] = nn.matmul %{{.*}}, %[[U]]
// CHECK-NEXT:      nn.add %[[XW_T]], %[[HU]]
// CHECK-NOT:       nn.matmul
// CHECK:           nn.next carry(%[[NEXT:.*]], %{{.*}} : tensor<?x4xf32>, tensor<?x4xf32>) yield(%[[NEXT]] : tensor<?x4xf32>)
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[ALL:.*]] = nn.reshape %[[H]] : tensor<?x5x4xf32> to tensor<?x4xf32, #nn.batch<[5, 0]>>
// CHECK-NEXT:    %[[LOGITS:.*]] = nn.matmul %[[ALL]], %{{.*}} : tensor<?x4xf32, #nn.batch<[5, 0]>>, tensor<4x3xf32>
// CHECK-NEXT:    nn.reshape %[[LOGITS]] : tensor<?x3xf32, #nn.batch<[5, 0]>> to tensor<?x5x3xf32>
func.func @lstm(%x: tensor<?x5x8xf32>, %h0: tensor<?x4xf32>, %c0: tensor<?x4xf32>, %W: tensor<8x16xf32>, %U: tensor<4x16xf32>, %b: tensor<16xf32>, %V: tensor<4x3xf32>) -> tensor<?x5x3xf32> {
  %y, %h_last, %c_last = nn.scan "lstm" 5 (%t) over (%x_t = %x : tensor<?x5x8xf32>) carry (%h = %h0 : tensor<?x4xf32>, %c = %c0 : tensor<?x4xf32>)
      with (%w = %W : tensor<8x16xf32>, %u = %U : tensor<4x16xf32>, %bias = %b : tensor<16xf32>, %v = %V : tensor<4x3xf32>)
      -> (tensor<?x5x3xf32>, tensor<?x4xf32>, tensor<?x4xf32>) {
    %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x16xf32>
    %1 = nn.add %0, %bias : tensor<?x16xf32>, tensor<16xf32>
    %2 = nn.matmul %h, %u : tensor<?x4xf32>, tensor<4x16xf32>
    %3 = nn.add %1, %2 : tensor<?x16xf32>, tensor<?x16xf32>
    %4 = nn.slice %3 offsets [0, 0] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %5 = nn.slice %3 offsets [0, 4] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %6 = nn.slice %3 offsets [0, 8] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %7 = nn.slice %3 offsets [0, 12] sizes [1, 4] strides [1, 1] : tensor<?x16xf32>
    %i = nn.sigmoid %4 : tensor<?x4xf32>
    %f = nn.sigmoid %5 : tensor<?x4xf32>
    %g = nn.tanh %6 : tensor<?x4xf32>
    %o = nn.sigmoid %7 : tensor<?x4xf32>
    %8 = nn.mul %f, %c : tensor<?x4xf32>, tensor<?x4xf32>
    %9 = nn.mul %i, %g : tensor<?x4xf32>, tensor<?x4xf32>
    %c_next = nn.add %8, %9 : tensor<?x4xf32>, tensor<?x4xf32>
    %10 = nn.tanh %c_next : tensor<?x4xf32>
    %h_next = nn.mul %o, %10 : tensor<?x4xf32>, tensor<?x4xf32>
    %logits = nn.matmul %h_next, %v : tensor<?x4xf32>, tensor<4x3xf32>
    nn.next carry (%h_next, %c_next : tensor<?x4xf32>, tensor<?x4xf32>) yield (%logits : tensor<?x3xf32>)
  }
  return %y : tensor<?x5x3xf32>
}

// A gradient that is only added to is one sum behind the loop, over the rows of all steps; so are those of what is cut out of a parameter.
// CHECK-LABEL: func.func @sums
// CHECK:         %[[G:.*]], %{{.*}} = nn.scan 5 ({{.*}}) reverse over (%{{.*}} = %arg0 : tensor<?x5x8xf32>) carry (%{{.*}} = %arg1 : tensor<?x8xf32>) -> (tensor<?x5x8xf32>, tensor<?x8xf32>) {
// CHECK-NOT:       nn.matmul
// CHECK:           nn.next
// CHECK:         %[[GROWS:.*]] = nn.reshape %[[G]] : tensor<?x5x8xf32> to tensor<?x8xf32, #nn.batch<[5, 0]>>
// CHECK:         %[[DW:.*]] = nn.matmul %{{.*}} transposed, %[[GROWS]] : tensor<?x8xf32, #nn.batch<[5, 0]>>, tensor<?x8xf32, #nn.batch<[5, 0]>>
// CHECK:         %[[DB:.*]] = nn.reduce sum %[[GROWS]] [0] : tensor<?x8xf32, #nn.batch<[5, 0]>>
// CHECK-NEXT:    %[[DP:.*]] = nn.pad constant %[[DB]] low [1] high [2]
// CHECK:         return %{{.*}}, %{{.*}} : tensor<8x8xf32>, tensor<11xf32>
func.func @sums(%x: tensor<?x5x8xf32>, %g0: tensor<?x8xf32>, %dW0: tensor<8x8xf32>, %dp0: tensor<11xf32>) -> (tensor<8x8xf32>, tensor<11xf32>) {
  %g_last, %dW, %dp = nn.scan 5 (%t) reverse over (%x_t = %x : tensor<?x5x8xf32>)
      carry (%g = %g0 : tensor<?x8xf32>, %w = %dW0 : tensor<8x8xf32>, %p = %dp0 : tensor<11xf32>) -> (tensor<?x8xf32>, tensor<8x8xf32>, tensor<11xf32>) {
    %next = nn.mul %g, %x_t : tensor<?x8xf32>, tensor<?x8xf32>
    %0 = nn.matmul %x_t transposed, %next : tensor<?x8xf32>, tensor<?x8xf32>
    %1 = nn.add %w, %0 : tensor<8x8xf32>, tensor<8x8xf32>
    %2 = nn.reduce sum %next [0] : tensor<?x8xf32>
    %3 = nn.pad constant %2 low [1] high [2] value 0.0 : tensor<8xf32>
    %4 = nn.add %p, %3 : tensor<11xf32>, tensor<11xf32>
    nn.next carry (%next, %1, %4 : tensor<?x8xf32>, tensor<8x8xf32>, tensor<11xf32>)
  }
  return %dW, %dp : tensor<8x8xf32>, tensor<11xf32>
}

// One that the step reads stays, and so does a sum over what has no rows.
// CHECK-LABEL: func.func @stays
// CHECK:         nn.scan 5
// CHECK:           nn.matmul
// CHECK:           nn.next carry(
func.func @stays(%x: tensor<?x5x8xf32>, %w0: tensor<8x8xf32>) -> tensor<8x8xf32> {
  %last = nn.scan 5 (%t) over (%x_t = %x : tensor<?x5x8xf32>) carry (%w = %w0 : tensor<8x8xf32>) -> (tensor<8x8xf32>) {
    %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x8xf32>
    %1 = nn.matmul %x_t transposed, %0 : tensor<?x8xf32>, tensor<?x8xf32>
    %2 = nn.add %w, %1 : tensor<8x8xf32>, tensor<8x8xf32>
    nn.next carry (%2 : tensor<8x8xf32>)
  }
  return %last : tensor<8x8xf32>
}

// What depends on captured values only is computed once: the keys of an attention. What is free is not stored for it.
// CHECK-LABEL: func.func @invariant
// CHECK:         %[[KEYS:.*]] = nn.matmul %arg0, %arg1
// CHECK-NEXT:    nn.scan 4 ({{.*}}) carry (%{{.*}} = %arg2 : tensor<?x3xf32>) with (%[[INSIDE:.*]] = %[[KEYS]] : tensor<?x6x3xf32>)
// CHECK-NEXT:      nn.slice %[[INSIDE]]
// CHECK-NOT:       nn.matmul
func.func @invariant(%memory: tensor<?x6x5xf32>, %W: tensor<5x3xf32>, %s0: tensor<?x3xf32>) -> tensor<?x3xf32> {
  %last = nn.scan 4 (%t) carry (%s = %s0 : tensor<?x3xf32>) with (%m = %memory : tensor<?x6x5xf32>, %w = %W : tensor<5x3xf32>) -> (tensor<?x3xf32>) {
    %keys = nn.matmul %m, %w : tensor<?x6x5xf32>, tensor<5x3xf32>
    %0 = nn.slice %keys offsets [0, 2, 0] sizes [1, 1, 3] strides [1, 1, 1] : tensor<?x6x3xf32>
    %1 = nn.reshape %0 : tensor<?x1x3xf32> to tensor<?x3xf32>
    %2 = nn.add %s, %1 : tensor<?x3xf32>, tensor<?x3xf32>
    nn.next carry (%2 : tensor<?x3xf32>)
  }
  return %last : tensor<?x3xf32>
}

// What a product that stays reads of a captured value in another order is brought into it once; so is what is cut out of one.
// CHECK-LABEL: func.func @order
// CHECK-DAG:     %[[T:.*]] = nn.transpose %arg0 [1, 0] : tensor<4x16xf32>
// CHECK-DAG:     %[[CUT:.*]] = nn.slice %arg1 offsets [2, 0] sizes [4, 4]
// CHECK:         nn.scan 5 ({{.*}}) carry ({{.*}}) with (%[[V:.*]] = %[[CUT]] : tensor<4x4xf32>, %[[U:.*]] = %[[T]] : tensor<16x4xf32>)
// CHECK-NOT:       transpose
// CHECK:           %[[G:.*]] = nn.matmul %{{.*}}, %[[U]] : tensor<?x16xf32>, tensor<16x4xf32>
// CHECK-NEXT:      nn.matmul %[[G]], %[[V]] : tensor<?x4xf32>, tensor<4x4xf32>
func.func @order(%U: tensor<4x16xf32>, %V: tensor<6x4xf32>, %g0: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %last = nn.scan 5 (%t) carry (%g = %g0 : tensor<?x4xf32>) with (%u = %U : tensor<4x16xf32>, %v = %V : tensor<6x4xf32>) -> (tensor<?x4xf32>) {
    %0 = nn.concat %g, %g, %g, %g axis 1 : tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>, tensor<?x4xf32>
    %1 = nn.matmul %0, %u transposed_rhs : tensor<?x16xf32>, tensor<4x16xf32>
    %2 = nn.slice %v offsets [2, 0] sizes [4, 4] strides [1, 1] : tensor<6x4xf32>
    %3 = nn.matmul %1, %2 : tensor<?x4xf32>, tensor<4x4xf32>
    nn.next carry (%3 : tensor<?x4xf32>)
  }
  return %last : tensor<?x4xf32>
}

// Of a stack of weights, too: the one that a product reads is cut out once, and turned for the one that wants it so.
// CHECK-LABEL: func.func @stack
// CHECK-NOT:     nn.scan
// CHECK:         nn.transpose
// CHECK:         nn.scan 5 ({{.*}}) carry ({{.*}}) with (%[[A:.*]] = %{{.*}} : tensor<4x4xf32>, %[[B:.*]] = %{{.*}} : tensor<4x4xf32>)
// CHECK-NEXT:      %[[AH:.*]] = nn.matmul %{{.*}}, %[[A]] : tensor<?x4xf32>, tensor<4x4xf32>
// CHECK-NEXT:      %[[BH:.*]] = nn.matmul %[[AH]], %[[B]] : tensor<?x4xf32>, tensor<4x4xf32>
// CHECK-NEXT:      nn.next
func.func @stack(%U: tensor<2x4x4xf32>, %h0: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %last = nn.scan 5 (%t) carry (%h = %h0 : tensor<?x4xf32>) with (%u = %U : tensor<2x4x4xf32>) -> (tensor<?x4xf32>) {
    %0 = nn.slice %u offsets [0, 0, 0] sizes [1, 4, 4] strides [1, 1, 1] : tensor<2x4x4xf32>
    %1 = nn.reshape %0 : tensor<1x4x4xf32> to tensor<4x4xf32>
    %2 = nn.matmul %h, %1 : tensor<?x4xf32>, tensor<4x4xf32>
    %3 = nn.slice %u offsets [1, 0, 0] sizes [1, 4, 4] strides [1, 1, 1] : tensor<2x4x4xf32>
    %4 = nn.reshape %3 : tensor<1x4x4xf32> to tensor<4x4xf32>
    %5 = nn.matmul %2, %4 transposed_rhs : tensor<?x4xf32>, tensor<4x4xf32>
    nn.next carry (%5 : tensor<?x4xf32>)
  }
  return %last : tensor<?x4xf32>
}
