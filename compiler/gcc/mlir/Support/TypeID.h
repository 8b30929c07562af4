//===- TypeID.h - MLIR's trait identities under GCC ------------------------===//
// MLIR identifies a trait by the printed name of `Trait<Empty>`, where Empty is a local struct of TypeID::get. Clang, which built libMLIR,
// prints `mlir::OpTrait::SymbolTable<Empty>`; GCC prints the enclosing function before `::Empty`. Then our ops and MLIR's would disagree
// about every trait, so this header, which lies before MLIR's in the include path, gives GCC Clang's name.
#pragma once
#include_next <mlir/Support/TypeID.h>

#if defined(__GNUC__) && !defined(__clang__)
namespace mlir::detail {

template <typename T>
constexpr bool isTraitOfEmpty() {
  std::string_view function = __PRETTY_FUNCTION__;
  return function.find("::Empty>]") != std::string_view::npos || function.find("::Empty>;") != std::string_view::npos;
}

template <typename T>
class TypeIDResolver<T, std::enable_if_t<isTraitOfEmpty<T>()>> : public FallbackTypeIDResolver {
public:
  static TypeID resolveTypeID() {
    static TypeID id = registerImplicitTypeID(*new std::string(getTraitName()));
    return id;
  }

private:
  /// `Trait<...::Empty>` with `Empty` alone in the last pair of angle brackets.
  static std::string getTraitName() {
    llvm::StringRef name = llvm::getTypeName<T>();
    size_t open = name.size() - 1;
    for (int depth = 1; depth > 0 && open > 0;)
      if (char c = name[--open]; c == '>')
        ++depth;
      else if (c == '<')
        --depth;
    return name.take_front(open).str() + "<Empty>";
  }
};

} // namespace mlir::detail
#endif
