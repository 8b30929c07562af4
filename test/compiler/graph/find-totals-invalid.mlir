// RUN: argent-test-opt %s --split-input-file --nn-find-totals --verify-diagnostics

// A total goes back into the rows.
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "spread"}) {
  // expected-error @below {{`spread` cannot be computed batch by batch: this total over the batch goes back into its rows}}
  // expected-note @below {{combine totals at the end only}}
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %d = nn.sub %x, %s : tensor<?xf32>, tensor<f32>
  // expected-note @below {{`spread` is computed here}}
  %y = nn.reduce sum %d [0] : tensor<?xf32>
  return %y : tensor<f32>
}

// -----

// One for each column.
func.func @evaluate(%x: tensor<?x3xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "spread"}) {
  // expected-error @below {{`spread` cannot be computed batch by batch}}
  // expected-note @below {{keep a running mean in a `state`}}
  %s = nn.reduce sum %x [0] : tensor<?x3xf32>
  %d = nn.sub %x, %s : tensor<?x3xf32>, tensor<3xf32>
  // expected-note @below {{`spread` is computed here}}
  %y = nn.reduce sum %d [0, 1] : tensor<?x3xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?x3xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "recall"}) {
  %s = nn.reduce sum %x [0] : tensor<?x3xf32>
  // expected-error @below {{a total over the data set must be one number; `recall` needs f32[3]}}
  // expected-note @below {{reduce over all dimensions at once}}
  %y = nn.reduce max %s [0] : tensor<3xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xi1> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "ever"}) {
  %s = nn.reduce any %x [0] : tensor<?xi1>
  // expected-error @below {{`ever` cannot use `any` over the batch; only sum, mean, max and min work over a data set}}
  // expected-note @below {{write max(f32(…))}}
  %y = nn.cast %s : tensor<i1> to tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<8xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "loss"}) {
  // expected-error @below {{`loss` does not depend on the batch}}
  // expected-note @below {{give the inputs the dimension N}}
  %y = nn.reduce sum %x [0] : tensor<8xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}, %flag: tensor<i1> {nn.name = "flag"}) -> (tensor<f32> {nn.metric, nn.name = "chosen"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %zero = nn.constant dense<0.0> : tensor<f32>
  // expected-error @below {{`chosen` cannot use the input bool[], which is not a total over the batch}}
  %y = nn.select %flag, %s, %zero : tensor<i1>, tensor<f32>, tensor<f32>
  return %y : tensor<f32>
}

// -----

// The length of the run, behind a total and behind a formula.
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}, %epoch: tensor<f32> {nn.name = "epoch"}) -> (tensor<f32> {nn.metric, nn.name = "late"}) {
  %m = nn.mul %x, %epoch : tensor<?xf32>, tensor<f32>
  // expected-error @below {{`late` cannot depend on `epoch`, `update` or the length of the run, which are only known in training}}
  // expected-note @below {{leave them out}}
  %y = nn.reduce sum %m [0] : tensor<?xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}, %epoch: tensor<f32> {nn.name = "epochs"}) -> (tensor<f32> {nn.metric, nn.name = "late"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %r = nn.sqrt %epoch : tensor<f32>
  %e = nn.exp %r : tensor<f32>
  // expected-error @below {{`late` cannot depend on `epoch`}}
  // expected-note @below {{leave them out}}
  %y = nn.mul %s, %e : tensor<f32>, tensor<f32>
  return %y : tensor<f32>
}

// -----

// No mean, and another formula in training: of another constant, another end, a total of another kind.
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  %s = nn.reduce max %x [0] : tensor<?xf32>
  %y = nn.sqrt %s : tensor<f32>
  return %y : tensor<f32>
}
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  %s = nn.reduce min %x [0] : tensor<?xf32>
  // expected-error @below {{`found` is computed differently in training and in evaluation}}
  // expected-note @below {{only a mean can differ; give what is added in training another name}}
  %y = nn.sqrt %s : tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %c = nn.constant dense<2.0> : tensor<f32>
  %y = nn.mul %s, %c : tensor<f32>, tensor<f32>
  return %y : tensor<f32>
}
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %c = nn.constant dense<3.0> : tensor<f32>
  // expected-error @below {{`found` is computed differently in training and in evaluation}}
  // expected-note @below {{only a mean can differ}}
  %y = nn.mul %s, %c : tensor<f32>, tensor<f32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "lost"}) {
  // expected-error @below {{`lost` is computed differently in training and in evaluation}}
  // expected-note @below {{only a mean can differ}}
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  // expected-error @below {{`found` is computed differently in training and in evaluation}}
  // expected-note @below {{only a mean can differ}}
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}
func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}) {
  return
}

// -----

func.func @train_step(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  // expected-error @below {{`found` is computed differently in training and in evaluation}}
  // expected-note @below {{only a mean can differ}}
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}

// -----

func.func @predict(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "found"}) {
  // expected-error @below {{metrics are results of @evaluate and @train_step, found one of @predict}}
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}

// -----

// A tensor of parameters is no number.
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "weighted"}) {
  %w = nn.parameter "w" <constant> : tensor<3xf32>
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %0 = nn.mul %w, %s : tensor<3xf32>, tensor<f32>
  // expected-error @below {{`weighted` cannot use f32[3] beside totals over the batch; only numbers go into a formula over them}}
  // expected-note @below {{make it a number first, as in sum(w) * mean(x)}}
  %y = nn.reduce sum %0 [0] : tensor<3xf32>
  return %y : tensor<f32>
}

// -----

func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "total"}) {
  %y = nn.reduce sum %x [0] : tensor<?xf32>
  return %y : tensor<f32>
}
// expected-error @below {{@metrics is what this pass makes of the metrics}}
func.func @metrics(%x: tensor<f64> {nn.name = "totals"}) -> (tensor<f64> {nn.name = "total"}) {
  return %x : tensor<f64>
}

// -----

// A total goes back into the rows through what a region sees.
func.func @evaluate(%x: tensor<?xf32> {nn.name = "x"}) -> (tensor<f32> {nn.metric, nn.name = "hidden"}) {
  // expected-error @below {{`hidden` cannot be computed batch by batch: this total over the batch goes back into its rows}}
  // expected-note @below {{combine totals at the end only}}
  %s = nn.reduce sum %x [0] : tensor<?xf32>
  %d = test.scope -> tensor<?xf32> {
    %0 = nn.sub %x, %s : tensor<?xf32>, tensor<f32>
    test.yield %0 : tensor<?xf32>
  }
  // expected-note @below {{`hidden` is computed here}}
  %y = nn.reduce sum %d [0] : tensor<?xf32>
  return %y : tensor<f32>
}
