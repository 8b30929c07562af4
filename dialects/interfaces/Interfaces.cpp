//===- Interfaces.cpp - the interfaces' generated definitions --------------===//
#include "dialects/interfaces/Interfaces.h"

#include "dialects/interfaces/Cost.cpp.inc"
#include "dialects/interfaces/Gradient.cpp.inc"
#include "dialects/interfaces/Kernel.cpp.inc"
