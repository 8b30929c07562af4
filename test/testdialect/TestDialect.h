//===- TestDialect.h - ops with regions, for tests --------------------------===//
#ifndef ARGENT_TEST_TESTDIALECT_TESTDIALECT_H
#define ARGENT_TEST_TESTDIALECT_TESTDIALECT_H

#include "dialects/nn/NN.h"

#include "test/testdialect/TestDialect.h.inc"
#define GET_OP_CLASSES
#include "test/testdialect/TestOps.h.inc"

#endif // ARGENT_TEST_TESTDIALECT_TESTDIALECT_H
