//===- Rows.td - what an op does with rows -----------------------------------===//
#ifndef ARGENT_INTERFACES_ROWS_TD
#define ARGENT_INTERFACES_ROWS_TD

include "mlir/IR/OpBase.td"

def RowsOpInterface : OpInterface<"RowsOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    What an op does with rows, dimension 0 of its operands, beyond what LayerOpInterface says of axes: a loop over time joins its steps to
    them.
  }];
  let methods = [
    InterfaceMethod<[{
      Whether the result is a sum over the rows of all operands, with one term for each row: that of several batches of rows together is the sum
      of theirs.
    }], "bool", "sumsRows", (ins), "", [{ return false; }]>,
    InterfaceMethod<[{The operands have `factor` times as many rows now: what the op itself says of them follows.}],
      "void", "multiplyRows", (ins "int64_t":$factor), "", [{ /* It says nothing of them. */ }]>
  ];
}

#endif // ARGENT_INTERFACES_ROWS_TD
