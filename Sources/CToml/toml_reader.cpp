#include "toml_reader.h"

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>

#define TOML_HEADER_ONLY 1
#define TOML_ENABLE_FORMATTERS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>

namespace {

struct Visitor {
  void *context;
  void (*visit)(void *context, const tapedeck_toml_item *item);
  int maximum_depth;

  void walk(const toml::node &node, std::string_view key, bool has_key, int depth) const {
    tapedeck_toml_item item{};
    if (has_key) {
      item.key = key.data();
      item.key_size = key.size();
    }
    switch (node.type()) {
      case toml::node_type::table:
      case toml::node_type::array:
        if (depth >= maximum_depth) {
          item.kind = TAPEDECK_TOML_TOO_DEEP;
          break;
        }
        item.kind = node.is_table() ? TAPEDECK_TOML_TABLE : TAPEDECK_TOML_LIST;
        visit(context, &item);
        if (const toml::table *table = node.as_table()) {
          for (const auto &entry : *table) walk(entry.second, entry.first.str(), true, depth + 1);
        } else if (const toml::array *list = node.as_array()) {
          for (const toml::node &value : *list) walk(value, {}, false, depth + 1);
        }
        item = {};
        item.kind = TAPEDECK_TOML_END;
        break;
      case toml::node_type::string: {
        const std::string &text = node.as_string()->get();
        item.kind = TAPEDECK_TOML_TEXT;
        item.text = text.data();
        item.text_size = text.size();
        break;
      }
      case toml::node_type::integer:
        item.kind = TAPEDECK_TOML_INTEGER;
        item.integer = node.as_integer()->get();
        break;
      case toml::node_type::floating_point:
        item.kind = TAPEDECK_TOML_NUMBER;
        item.number = node.as_floating_point()->get();
        break;
      case toml::node_type::boolean:
        item.kind = TAPEDECK_TOML_FLAG;
        item.integer = node.as_boolean()->get();
        break;
      case toml::node_type::date: item.kind = TAPEDECK_TOML_DATE; break;
      case toml::node_type::time: item.kind = TAPEDECK_TOML_TIME; break;
      default: item.kind = TAPEDECK_TOML_DATE_TIME; break;
    }
    visit(context, &item);
  }
};

}  // namespace

int tapedeck_toml_read(const char *text, size_t size, int maximum_depth, void *context,
                       void (*visit)(void *context, const tapedeck_toml_item *item),
                       tapedeck_toml_error *error) {
  *error = {};
  try {
    const toml::table root = toml::parse(std::string_view(text, size));
    Visitor{context, visit, maximum_depth}.walk(root, {}, false, 0);
    return 0;
  } catch (const toml::parse_error &failure) {
    error->line = failure.source().begin.line;
    error->column = failure.source().begin.column;
    const std::string_view words = failure.description();
    std::snprintf(error->message, sizeof error->message, "%.*s", int(words.size()), words.data());
  } catch (const std::exception &failure) {
    std::snprintf(error->message, sizeof error->message, "%s", failure.what());
  }
  return 1;
}
