// RUN: argent-opt %s --nn-fuse --nn-layout --lower-to-hl --store-in-place --hl-schedule --plan | FileCheck %s

// Each carried value has one place, from the first step to behind the last; a step reads its part of a source from a copy and copies what it
// yields into the stacked result. The captured weights are read where they are.
// CHECK-LABEL: plan.program @rnn
// CHECK-NEXT:    %[[H:.*]] = plan.view  activations 0 at [0, 0] : <?x16xf32>
// CHECK-NEXT:    %[[H0:.*]] = plan.input 1 : <?x16xf32>
// CHECK-NEXT:    plan.copy %[[H0]] to %[[H]]
// CHECK-NEXT:    plan.loop 5 {
// CHECK-NEXT:      %[[X:.*]] = plan.view  activations 0 at [0, 64] : <?x8xf32>
// CHECK-NEXT:      %[[PART:.*]] = plan.input 0 step [32, 0] rows [40, 0] : <?x8xf32>
// CHECK-NEXT:      plan.copy %[[PART]] to %[[X]]
// CHECK:           %[[W:.*]] = plan.input 2 : <8x16xf32>
// CHECK:           plan.launch [@{{.*}}](%{{.*}}, %[[W]], %{{.*}})
// CHECK:           %[[OLD:.*]] = plan.view  activations 0 at [0, 0] : <?x16xf32>
// CHECK:           %[[U:.*]] = plan.input 3 : <16x16xf32>
// CHECK:           plan.launch [@{{.*}}](%[[OLD]], %[[U]], %{{.*}}, %{{.*}})
// CHECK-NEXT:      %[[Y:.*]] = plan.output 0 step [64, 0] rows [80, 0] : <?x16xf32>
// CHECK-NEXT:      %[[NEW:.*]] = plan.view  activations 0 at [0, 64] : <?x16xf32>
// CHECK-NEXT:      plan.copy %[[NEW]] to %[[Y]]
// CHECK-NEXT:      %[[NEXT:.*]] = plan.view  activations 0 at [0, 0] : <?x16xf32>
// CHECK-NEXT:      %[[NEW:.*]] = plan.view  activations 0 at [0, 64] : <?x16xf32>
// CHECK-NEXT:      plan.copy %[[NEW]] to %[[NEXT]]
// CHECK-NEXT:    }
// CHECK-NEXT:    %[[LAST:.*]] = plan.output 1
// CHECK-NEXT:    %[[H:.*]] = plan.view  activations 0 at [0, 0] : <?x16xf32>
// CHECK-NEXT:    plan.copy %[[H]] to %[[LAST]]
func.func @rnn(%x: tensor<?x5x8xf32>, %h0: tensor<?x16xf32>, %W: tensor<8x16xf32>, %U: tensor<16x16xf32>) -> (tensor<?x5x16xf32>, tensor<?x16xf32>) {
  %y, %last = nn.scan 5 (%t) over (%x_t = %x : tensor<?x5x8xf32>) carry (%h = %h0 : tensor<?x16xf32>)
      with (%w = %W : tensor<8x16xf32>, %u = %U : tensor<16x16xf32>) -> (tensor<?x5x16xf32>, tensor<?x16xf32>) {
    %0 = nn.matmul %x_t, %w : tensor<?x8xf32>, tensor<8x16xf32>
    %1 = nn.matmul %h, %u : tensor<?x16xf32>, tensor<16x16xf32>
    %2 = nn.add %0, %1 : tensor<?x16xf32>, tensor<?x16xf32>
    %3 = nn.tanh %2 : tensor<?x16xf32>
    nn.next carry (%3 : tensor<?x16xf32>) yield (%3 : tensor<?x16xf32>)
  }
  return %y, %last : tensor<?x5x16xf32>, tensor<?x16xf32>
}

// The step's number is a place that the loop writes; values that change places are kept aside.
// CHECK-LABEL: plan.program @exchange
// CHECK:         plan.loop 3 reverse counter %{{.*}} : !hl.buffer<i32> {
// CHECK:           plan.copy %[[A:.*]] to %[[ASIDE_A:.*]] :
// CHECK:           plan.copy %[[B:.*]] to %[[ASIDE_B:.*]] :
// CHECK:           plan.copy
// CHECK:           plan.copy
// CHECK:         }
func.func @exchange(%a0: tensor<?xi32>, %b0: tensor<?xi32>) -> (tensor<?x3xi32>, tensor<?xi32>, tensor<?xi32>) {
  %y, %a_last, %b_last = nn.scan 3 (%t) reverse carry (%a = %a0 : tensor<?xi32>, %b = %b0 : tensor<?xi32>) -> (tensor<?x3xi32>, tensor<?xi32>, tensor<?xi32>) {
    %0 = nn.add %a, %t : tensor<?xi32>, tensor<i32>
    nn.next carry (%b, %a : tensor<?xi32>, tensor<?xi32>) yield (%0 : tensor<?xi32>)
  }
  return %y, %a_last, %b_last : tensor<?x3xi32>, tensor<?xi32>, tensor<?xi32>
}
