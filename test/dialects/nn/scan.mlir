// RUN: argent-opt %s | argent-opt | FileCheck %s

// CHECK-LABEL: func.func @all
func.func @all(%x: tensor<?x28x8xf32>, %m: tensor<?x28xf32>, %h0: tensor<?x16xf32>, %W: tensor<8x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x28xf32>, tensor<?x16xf32>) {
  // CHECK: %[[STACKED:.*]]:2, %[[LAST:.*]] = nn.scan "rnn" 28 (%[[T:.*]]) reverse over (%[[X:.*]] = %{{.*}} : tensor<?x28x8xf32>, %{{.*}} = %{{.*}} : tensor<?x28xf32>) carry (%{{.*}} = %{{.*}} : tensor<?x16xf32>) with (%{{.*}} = %{{.*}} : tensor<8x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x28xf32>, tensor<?x16xf32>) {
  %y, %z, %last = nn.scan "rnn" 28 (%t) reverse over (%x_t = %x : tensor<?x28x8xf32>, %m_t = %m : tensor<?x28xf32>)
      carry (%h = %h0 : tensor<?x16xf32>) with (%w = %W : tensor<8x16xf32>) -> (tensor<?x28x16xf32>, tensor<?x28xf32>, tensor<?x16xf32>) {
    // CHECK: nn.matmul %[[X]]
    %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x16xf32>
    %1 = nn.add %0, %h : tensor<?x16xf32>, tensor<?x16xf32>
    %2 = nn.tanh %1 : tensor<?x16xf32>
    // CHECK: nn.next carry(%[[NEXT:.*]] : tensor<?x16xf32>) yield(%[[NEXT]], %{{.*}} : tensor<?x16xf32>, tensor<?xf32>)
    nn.next carry (%2 : tensor<?x16xf32>) yield (%2, %m_t : tensor<?x16xf32>, tensor<?xf32>)
  }
  // CHECK: return %[[STACKED]]#0, %[[STACKED]]#1, %[[LAST]]
  return %y, %z, %last : tensor<?x28x16xf32>, tensor<?x28xf32>, tensor<?x16xf32>
}

// The rows of time may be any multiple of N, or no multiple.
// CHECK-LABEL: func.func @rows
func.func @rows(%x: tensor<?x5xf32, #nn.batch<[3, 0]>>, %y: tensor<7x5xi32>) -> (tensor<?x5xf32, #nn.batch<[3, 0]>>, tensor<7x5xi32>) {
  // CHECK: nn.scan 5 (%{{.*}}) over (%{{.*}} = %{{.*}} : tensor<?x5xf32, #nn.batch<[3, 0]>>, %{{.*}} = %{{.*}} : tensor<7x5xi32>) -> (tensor<?x5xf32, #nn.batch<[3, 0]>>, tensor<7x5xi32>) {
  %a, %b = nn.scan 5 (%t) over (%x_t = %x : tensor<?x5xf32, #nn.batch<[3, 0]>>, %y_t = %y : tensor<7x5xi32>)
      -> (tensor<?x5xf32, #nn.batch<[3, 0]>>, tensor<7x5xi32>) {
    nn.next yield (%x_t, %y_t : tensor<?xf32, #nn.batch<[3]>>, tensor<7xi32>)
  }
  return %a, %b : tensor<?x5xf32, #nn.batch<[3, 0]>>, tensor<7x5xi32>
}

// CHECK-LABEL: func.func @nested
func.func @nested(%h0: tensor<?xf32>) -> tensor<?xf32> {
  // CHECK: nn.scan 3 (%[[T:.*]]) carry
  %last = nn.scan 3 (%t) carry (%h = %h0 : tensor<?xf32>) -> (tensor<?xf32>) {
    // CHECK: nn.scan 2 (%{{.*}}) carry (%{{.*}} = %{{.*}} : tensor<?xf32>) with (%{{.*}} = %[[T]] : tensor<i32>)
    %inner = nn.scan 2 (%u) carry (%a = %h : tensor<?xf32>) with (%outer = %t : tensor<i32>) -> (tensor<?xf32>) {
      %0 = nn.add %outer, %u : tensor<i32>, tensor<i32>
      %1 = nn.cast %0 : tensor<i32> to tensor<f32>
      %2 = nn.add %a, %1 : tensor<?xf32>, tensor<f32>
      nn.next carry (%2 : tensor<?xf32>)
    }
    nn.next carry (%inner : tensor<?xf32>)
  }
  return %last : tensor<?xf32>
}
