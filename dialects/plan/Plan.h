//===- Plan.h - the plan dialect -------------------------------------------===//
#ifndef ARGENT_DIALECTS_PLAN_PLAN_H
#define ARGENT_DIALECTS_PLAN_PLAN_H

#include "dialects/hl/HL.h"
#include "dialects/nn/NN.h"

#include "dialects/plan/Dialect.h.inc"

#define GET_OP_CLASSES
#include "dialects/plan/Ops.h.inc"

#endif // ARGENT_DIALECTS_PLAN_PLAN_H
