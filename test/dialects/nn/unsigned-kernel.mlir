// ui8 has no sign in a kernel either: comparison, extremes, quotients and conversions.
// RUN: argent-opt %s --lower-to-hl | FileCheck %s

// CHECK-LABEL: hl.pipeline @k0_bytes(
// CHECK: arith.divui
// CHECK: arith.remui
// CHECK: arith.maxui
// CHECK: arith.cmpi ult
// CHECK: arith.extui
func.func @bytes(%x: tensor<?x5xui8>, %y: tensor<?x5xui8>) -> tensor<?x5xi32> {
  %r = nn.fused "bytes" (%a = %x : tensor<?x5xui8>, %b = %y : tensor<?x5xui8>) -> (tensor<?x5xi32>) {
    %0 = nn.floor_div %a, %b : tensor<?x5xui8>, tensor<?x5xui8>
    %1 = nn.mod %a, %b : tensor<?x5xui8>, tensor<?x5xui8>
    %2 = nn.max %0, %1 : tensor<?x5xui8>, tensor<?x5xui8>
    %3 = nn.compare lt %2, %b : tensor<?x5xui8>, tensor<?x5xui8>
    %4 = nn.select %3, %2, %b : tensor<?x5xi1>, tensor<?x5xui8>, tensor<?x5xui8>
    %5 = nn.cast %4 : tensor<?x5xui8> to tensor<?x5xi32>
    nn.yield %5 : tensor<?x5xi32>
  }
  return %r : tensor<?x5xi32>
}
