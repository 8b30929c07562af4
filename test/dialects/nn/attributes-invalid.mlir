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

// expected-error @below {{expected one of [constant, uniform, normal, glorot_uniform, glorot_normal, he_uniform, he_normal, orthogonal] for how a parameter begins, got: xavier}}
func.func private @init() attributes {a = #nn.init<xavier, 0.0, 0.0>}

// -----

// expected-error @below {{(C1) an initializer's numbers are finite}}
func.func private @init_c1() attributes {a = #nn.init<normal, 0.0, 1.0e999>}

// -----

// expected-error @below {{(C2) uniform from 1.000000e+00 to 0.000000e+00: low above high}}
func.func private @init_c2_uniform() attributes {a = #nn.init<uniform, 1.0, 0.0>}

// -----

// expected-error @below {{(C2) normal: the deviation -1.000000e+00 is negative}}
func.func private @init_c2_normal() attributes {a = #nn.init<normal, 0.0, -1.0>}

// -----

// expected-error @below {{(C2) constant has one number, and the other is 2.000000e+00}}
func.func private @init_c2_constant() attributes {a = #nn.init<constant, 1.0, 2.0>}

// -----

// expected-error @below {{(C2) he_normal has no numbers, found 0.000000e+00 and 1.000000e+00}}
func.func private @init_c2_named() attributes {a = #nn.init<he_normal, 0.0, 1.0>}

// -----

// expected-error @below {{(C1) word vectors have a file and a vocabulary}}
func.func private @word_vectors_c1() attributes {a = #nn.word_vectors<"", "tokens">}
