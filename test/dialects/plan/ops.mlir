// Where arenas lie: memory of the host, which is not written, or of the device.
// RUN: argent-opt %s | argent-opt | FileCheck %s
// CHECK: plan.arena parameters 0 bytes [64, 0]
plan.arena parameters 0 bytes [64, 0]
// CHECK: plan.arena activations 0 on_device bytes [0, 128]
plan.arena activations 0 on_device bytes [0, 128]
