//===- Layer.td - what an op is to a person ----------------------------------===//
#ifndef ARGENT_INTERFACES_LAYER_TD
#define ARGENT_INTERFACES_LAYER_TD

include "mlir/IR/OpBase.td"

def LayerOpInterface : OpInterface<"LayerOpInterface"> {
  let cppNamespace = "::argent";
  let description = [{
    What a description of a model's layers says of the op: connections, and how much of an input its result sees. An op without the
    interface has as many connections as elements where it reads a parameter, and keeps the axes whose extents it keeps.
  }];
  let methods = [
    InterfaceMethod<[{
      Products of an input and a weight, or what windows average or compare. None: one for each element of the result, where the op
      reads a parameter.
    }], "::std::optional<::argent::Linear>", "getConnections", (ins), "", [{ return std::nullopt; }]>,
    InterfaceMethod<[{
      Which axis of the result goes along `axis` of the operand, element by element or window by window; none where each element of
      the result combines all elements along it.
    }], "::std::optional<int64_t>", "getAxisInResult", (ins "::mlir::OpOperand &":$operand, "int64_t":$axis), "", [{
      return ::argent::findKeptAxis(operand, axis);
    }]>,
    InterfaceMethod<[{What slides over the operand along an axis of the result; a window of one element where nothing does.}],
      "::argent::AxisWindow", "getWindow", (ins "int64_t":$axis), "", [{ return {}; }]>
  ];
}

#endif // ARGENT_INTERFACES_LAYER_TD
