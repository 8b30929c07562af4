//===- Outline.h - the definitions and names of a text, however broken -----------------===//
// Read from the tokens alone, so that there is an outline while a line is half typed. Where names mean what evaluation
// finds, Analysis.h knows better.
#ifndef ARGENT_FRONTENDS_AG_QUERY_OUTLINE_H
#define ARGENT_FRONTENDS_AG_QUERY_OUTLINE_H

#include "frontends/ag/syntax/Lexer.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace argent::ag {

/// A parameter of a definition, as written.
struct OutlineParameter {
  std::string name;
  std::string type;
  std::string initial; // empty without default
  std::string source;  // of the clause `from`
  unsigned begin = 0, end = 0;
  bool isTensor() const;
};

struct OutlineName {
  enum class Kind { parameter, dimension, variable, param, state, metric, loop, output };
  std::string name;
  Kind kind = Kind::variable;
  unsigned begin = 0, end = 0;           // of the name
  unsigned scopeBegin = 0, scopeEnd = 0; // where it is seen, of the body of a scan; else the definition
  unsigned knownFrom = 0;                // behind its statement: its own right side does not see it
  std::string declared;                  // its type, as written; may be empty
};

struct OutlineDefinition {
  enum class Kind { layer, model, train, entry, constant, import };
  Kind kind = Kind::layer;
  std::string name;
  std::string entry;                   // of an entry, whose `name` is the model's
  unsigned begin = 0, end = 0;         // all of it
  unsigned nameBegin = 0, nameEnd = 0; // of an entry: the entry's
  unsigned bodyBegin = 0;              // behind the `{`; 0 if there is none
  std::vector<OutlineParameter> parameters;
  std::string signature; // the head in one line, without the `{`
  std::string result;    // behind the `->`
  std::string comment;   // the lines right above, without `#`
  std::vector<OutlineName> names;
  std::string file; // of an import
};

/// A call around an offset.
struct OutlineCall {
  std::string callee;
  unsigned calleeBegin = 0;
  bool isPiped = false;           // `x |> callee(…)`: the first parameter is taken
  bool isSource = false;          // `from callee(…)`
  unsigned positional = 0;        // arguments without a name before the offset
  std::string keyword;            // of the argument at the offset
  std::vector<std::string> given; // the names of all arguments that have one
};

class Outline {
public:
  explicit Outline(std::string text);

  llvm::StringRef text() const { return *source_; }
  const std::vector<OutlineDefinition> &definitions() const { return items_; }
  const std::vector<Token> &tokens() const { return tokenList_; }

  /// The name, keyword included, that touches the offset; null if there is none.
  const Token *nameAt(unsigned offset) const;
  /// The last token that ends at or before the offset; null at the beginning.
  const Token *tokenBefore(unsigned offset) const;
  unsigned offsetOf(const Token &token) const { return token.text.data() - source_->data(); }
  bool isInCommentOrString(unsigned offset) const;

  /// The definition that the offset lies in; null between them.
  const OutlineDefinition *definitionAt(unsigned offset) const;
  const OutlineDefinition *find(llvm::StringRef name) const;
  const OutlineDefinition *modelOf(const OutlineDefinition &definition) const;
  /// What a name in a definition's body was bound by; null if it is none of its own. Train blocks and entries see the
  /// names of their model.
  const OutlineName *resolve(llvm::StringRef name, unsigned offset) const;
  /// All names that are seen at an offset, the nearest binding of each.
  std::vector<const OutlineName *> visibleAt(unsigned offset) const;
  /// The innermost call around an offset.
  std::optional<OutlineCall> callAt(unsigned offset) const;
  /// The keyword of the innermost block around the offset that is `on`, `scan`, …; `train` etc. for a definition's own.
  Tok blockAt(unsigned offset) const;

private:
  std::shared_ptr<const std::string> source_;
  std::vector<Token> tokenList_; // without the ends of lines
  std::vector<bool> beginsStatement_;
  std::vector<OutlineDefinition> items_;
  friend class OutlineReader;
};

} // namespace argent::ag

#endif // ARGENT_FRONTENDS_AG_QUERY_OUTLINE_H
