// RUN: argent-opt %s --split-input-file --nn-find-totals | FileCheck %s
// A second run finds nothing to do.
// RUN: argent-opt %s --split-input-file --nn-find-totals --nn-find-totals | FileCheck %s

// A mean is a sum and a count; what metrics have in common is one total. Other results keep their places. What a formula does with
// totals goes to @metrics, in f64, and leaves the functions.
// CHECK-LABEL: func.func @evaluate
// CHECK-SAME:    (%[[X:.*]]: tensor<?xf32> {nn.name = "x"}) ->
// CHECK-SAME:    (tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>},
// CHECK-SAME:     tensor<f32> {nn.name = "totals", nn.total = #nn.total<max>}) {
// CHECK-NEXT:  %[[S:.*]] = nn.reduce sum %[[X]] [0]
// CHECK-NEXT:  %[[N:.*]] = nn.count %[[X]] [0]
// CHECK-NEXT:  %[[M:.*]] = nn.reduce max %[[X]] [0]
// CHECK-NEXT:  return %[[S]], %[[N]], %[[M]]
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"})
    -> (tensor<f32> {nn.metric, nn.name = "loss"}, tensor<f32> {nn.metric, nn.name = "root"}, tensor<f32> {nn.metric, nn.name = "top"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  %root = nn.sqrt %mean : tensor<f32>
  %same = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
  %max = nn.reduce max %x [0] : tensor<?xf32>
  %half = nn.constant dense<0.5> : tensor<f32>
  %scaled = nn.mul %max, %half : tensor<f32>, tensor<f32>
  %top = nn.sub %scaled, %same : tensor<f32>, tensor<f32>
  return %mean, %root, %top : tensor<f32>, tensor<f32>, tensor<f32>
}
// CHECK-LABEL: func.func @metrics
// CHECK-SAME:    (%[[S:.*]]: tensor<f64> {nn.name = "totals"}, %[[N:.*]]: tensor<f64> {nn.name = "totals"}, %[[M:.*]]: tensor<f64> {nn.name = "totals"}) ->
// CHECK-SAME:    (tensor<f64> {nn.name = "loss"}, tensor<f64> {nn.name = "root"}, tensor<f64> {nn.name = "top"}) {
// CHECK-NEXT:  %[[MEAN:.*]] = nn.div %[[S]], %[[N]] : tensor<f64>, tensor<f64>
// CHECK-NEXT:  %[[ROOT:.*]] = nn.sqrt %[[MEAN]] : tensor<f64>
// CHECK-NEXT:  %[[HALF:.*]] = nn.constant dense<5.000000e-01> : tensor<f64>
// CHECK-NEXT:  %[[SCALED:.*]] = nn.mul %[[M]], %[[HALF]]
// CHECK-NEXT:  %[[TOP:.*]] = nn.sub %[[SCALED]], %[[N]]
// CHECK-NEXT:  return %[[MEAN]], %[[ROOT]], %[[TOP]]
// CHECK-LABEL: func.func @train_step
// CHECK-SAME:    (tensor<f32> {nn.name = "loss"}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>},
// CHECK-SAME:     tensor<f32> {nn.name = "totals", nn.total = #nn.total<sum>}, tensor<f32> {nn.name = "totals", nn.total = #nn.total<max>},
// CHECK-SAME:     tensor<f32> {nn.name = "rate"}) {
// CHECK:       %[[S:.*]] = nn.reduce sum
// CHECK:       %[[N:.*]] = nn.count
// CHECK:       %[[LOSS:.*]] = nn.div %[[S]], %[[N]]
// CHECK-NOT:   nn.sqrt
// CHECK:       return %[[LOSS]], %[[S]], %[[N]], %{{.*}}, %{{.*}} :
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}, %rate: tensor<f32> {nn.name = "r"})
    -> (tensor<f32> {nn.name = "loss"}, tensor<f32> {nn.metric, nn.name = "loss"}, tensor<f32> {nn.metric, nn.name = "root"},
        tensor<f32> {nn.metric, nn.name = "top"}, tensor<f32> {nn.name = "rate"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  %root = nn.sqrt %mean : tensor<f32>
  %max = nn.reduce max %x [0] : tensor<?xf32>
  %half = nn.constant dense<0.5> : tensor<f32>
  %scaled = nn.mul %max, %half : tensor<f32>, tensor<f32>
  %top = nn.sub %scaled, %n : tensor<f32>, tensor<f32>
  return %mean, %mean, %root, %top, %rate : tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>, tensor<f32>
}

// -----

// What does not depend on the batch is averaged over its rows.
// CHECK-LABEL: func.func @evaluate
// CHECK:         %[[W:.*]] = nn.parameter "w"
// CHECK:         %[[NORM:.*]] = nn.reduce sum %[[W]] [0]
// CHECK-NEXT:    %[[ROWS:.*]] = nn.count %{{.*}} [0] : tensor<?x3xf32> -> tensor<f32>
// CHECK-NEXT:    %[[TOTAL:.*]] = nn.mul %[[NORM]], %[[ROWS]]
// CHECK-NEXT:    return %[[TOTAL]], %[[ROWS]]
// CHECK-LABEL: func.func @metrics
// CHECK-NEXT:    %[[MEAN:.*]] = nn.div %{{.*}}, %{{.*}} : tensor<f64>, tensor<f64>
// CHECK-NEXT:    return %[[MEAN]]
func.func @evaluate(%x: tensor<?x3xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "norm"}) {
  %w = nn.parameter "w" <constant> : tensor<3xf32>
  %norm = nn.reduce sum %w [0] : tensor<3xf32>
  return %norm : tensor<f32>
}

// -----

// In training, batches may flow into their rows, and a mean may be another formula: its value times the counted elements, two for each
// row, stands for the sum.
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[LOSS:.*]] = nn.add
// CHECK-DAG:     %[[ROWS:.*]] = nn.count %{{.*}} [0]
// CHECK-DAG:     %[[TWO:.*]] = nn.constant dense<2.000000e+00>
// CHECK:         %[[COUNT:.*]] = nn.mul %[[ROWS]], %[[TWO]]
// CHECK-NEXT:    %[[SUM:.*]] = nn.mul %[[LOSS]], %[[COUNT]]
// CHECK-NEXT:    return %[[SUM]], %[[COUNT]]
func.func @evaluate(%x: tensor<?x2xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "loss"}) {
  %s = nn.reduce sum %x [0, 1] : tensor<?x2xf32>
  %n = nn.count %x [0, 1] : tensor<?x2xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  return %mean : tensor<f32>
}
func.func @train_step(%x: tensor<?x2xf32> {nn.name = "x"}, %epoch: tensor<f32> {nn.name = "epoch"})
    -> (tensor<f32> {nn.metric, nn.name = "loss"}) {
  %t = nn.reduce sum %x [0] : tensor<?x2xf32>
  %c = nn.sub %x, %t : tensor<?x2xf32>, tensor<2xf32>
  %s = nn.reduce sum %c [0, 1] : tensor<?x2xf32>
  %n = nn.count %x [0, 1] : tensor<?x2xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  %loss = nn.add %mean, %epoch : tensor<f32>, tensor<f32>
  return %loss : tensor<f32>
}

// -----

// Two metrics that have their totals in common in evaluation, but not in training, have places of their own.
// CHECK-LABEL: func.func @evaluate
// CHECK:         %[[S:.*]] = nn.reduce sum
// CHECK:         %[[N:.*]] = nn.count
// CHECK:         return %[[S]], %[[N]], %[[S]] :
// CHECK-LABEL: func.func @metrics
// CHECK-SAME:    (%[[A:[a-z0-9]*]]: tensor<f64> {nn.name = "totals"}, %[[N:[a-z0-9]*]]: tensor<f64> {nn.name = "totals"}, %[[B:[a-z0-9]*]]: tensor<f64> {nn.name = "totals"})
// CHECK-NEXT:    %[[LOSS:.*]] = nn.div %[[A]], %[[N]]
// CHECK-NEXT:    %[[MAIN:.*]] = nn.div %[[B]], %[[N]]
// CHECK-NEXT:    return %[[LOSS]], %[[MAIN]]
// CHECK-LABEL: func.func @train_step
// CHECK:         %[[S:.*]] = nn.reduce sum
// CHECK:         %[[LOSS:.*]] = nn.add
// CHECK:         %[[OFLOSS:.*]] = nn.mul %[[LOSS]], %{{.*}}
// CHECK-NEXT:    return %[[OFLOSS]], %{{.*}}, %[[S]] :
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "loss"}, tensor<f32> {nn.metric, nn.name = "main"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  return %mean, %mean : tensor<f32>, tensor<f32>
}
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}, %aside: tensor<f32> {nn.name = "epoch"})
    -> (tensor<f32> {nn.metric, nn.name = "loss"}, tensor<f32> {nn.metric, nn.name = "main"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %n = nn.count %x [0] : tensor<?xf32> -> tensor<f32>
  %mean = nn.div %s, %n : tensor<f32>, tensor<f32>
  %loss = nn.add %mean, %aside : tensor<f32>, tensor<f32>
  return %loss, %mean : tensor<f32>, tensor<f32>
}

// -----

// The port is of f32: a total of integers is given out as one, and is an integer again in the formula.
// CHECK-LABEL: func.func @evaluate
// CHECK:         %[[MAX:.*]] = nn.reduce max
// CHECK-NEXT:    %[[GIVEN:.*]] = nn.cast %[[MAX]] : tensor<i32> to tensor<f32>
// CHECK-NEXT:    return %[[GIVEN]]
// CHECK-LABEL: func.func @metrics
// CHECK-SAME:    (%[[TOTAL:.*]]: tensor<f64> {nn.name = "totals"})
// CHECK-NEXT:    %[[BACK:.*]] = nn.cast %[[TOTAL]] : tensor<f64> to tensor<i32>
// CHECK-NEXT:    %[[ONE:.*]] = nn.constant dense<1> : tensor<i32>
// CHECK-NEXT:    %[[SUM:.*]] = nn.add %[[BACK]], %[[ONE]]
// CHECK-NEXT:    nn.cast %[[SUM]] : tensor<i32> to tensor<f64>
func.func @evaluate(%label: tensor<?xi32> {nn.name = "label"}) -> (tensor<f32> {nn.metric, nn.name = "classes"}) {
  %max = nn.reduce max %label [0] : tensor<?xi32>
  %one = nn.constant dense<1> : tensor<i32>
  %count = nn.add %max, %one : tensor<i32>, tensor<i32>
  %y = nn.cast %count : tensor<i32> to tensor<f32>
  return %y : tensor<f32>
}

// -----

// Without metrics nothing is made.
// CHECK-LABEL: func.func @evaluate
// CHECK-NEXT:    return
// CHECK-NOT:   @metrics
func.func @evaluate(%x: tensor<f32> {nn.name = "x"}) -> (tensor<f32> {nn.name = "y"}) {
  return %x : tensor<f32>
}
