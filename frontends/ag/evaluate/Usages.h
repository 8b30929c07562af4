//===- Usages.h - inputs and instances that no graph reads -----------------------------------------------------===//
#ifndef ARGENT_FRONTENDS_AG_EVALUATE_USAGES_H
#define ARGENT_FRONTENDS_AG_EVALUATE_USAGES_H

#include "frontends/ag/evaluate/Frame.h"

namespace argent::ag {

class Usages {
public:
  /// Notes what a body that ends here has read.
  void note(const Frame &body);
  void report(Diagnostics &diagnostics) const;

private:
  struct Usage {
    std::string name;
    Range where;
    bool isInput = false, used = false;
  };
  std::map<const char *, Usage> usages_; // by the place of the name
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_EVALUATE_USAGES_H
