// RUN: argent-opt %s --split-input-file --verify-diagnostics

// expected-error @below {{(C1) #nn.batch: factor 0 of dimension 0 must be at least 1, it is '?'}}
func.func private @batch_c1(tensor<?x8xf32, #nn.batch<[0, 0]>>)

// -----

// expected-error @below {{(C1) #nn.batch has 1 factors for 2 dimensions}}
func.func private @batch_c1_rank(tensor<?x8xf32, #nn.batch<[2]>>)

// -----

// expected-error @below {{(C1) #nn.batch: factor 2 of dimension 1 must be 0, it is a number}}
func.func private @batch_c1_number(tensor<?x8xf32, #nn.batch<[2, 2]>>)

// -----

// expected-error @below {{(C2) #nn.batch without a factor larger than 1 is left out}}
func.func private @batch_c2(tensor<?x8xf32, #nn.batch<[1, 0]>>)

// -----

// expected-error @below {{unknown initializer "xavier"}}
func.func private @init() attributes {a = #nn.init<"xavier", 0.0, 0.0>}
