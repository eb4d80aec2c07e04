// TOML by way of toml++, for `Scenarios/Document.swift`.
#ifndef TAPEDECK_TOML_READER_H
#define TAPEDECK_TOML_READER_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum tapedeck_toml_kind {
  TAPEDECK_TOML_TABLE,  // its values follow, sorted by key, up to an END
  TAPEDECK_TOML_LIST,   // its values follow up to an END
  TAPEDECK_TOML_END,
  TAPEDECK_TOML_INTEGER,
  TAPEDECK_TOML_NUMBER,
  TAPEDECK_TOML_TEXT,
  TAPEDECK_TOML_FLAG,
  TAPEDECK_TOML_DATE,
  TAPEDECK_TOML_TIME,
  TAPEDECK_TOML_DATE_TIME,
  TAPEDECK_TOML_TOO_DEEP,  // a table or a list that is not looked into
} tapedeck_toml_kind;

// A value, or the end of one. Texts are UTF-8 without a zero at the end, and gone after the call.
typedef struct tapedeck_toml_item {
  tapedeck_toml_kind kind;
  const char *key;  // within a table; else NULL
  size_t key_size;
  const char *text;
  size_t text_size;
  int64_t integer;  // also 0 or 1 for a flag
  double number;
} tapedeck_toml_item;

typedef struct tapedeck_toml_error {
  uint32_t line, column;  // from 1; 0 where there is none
  char message[256];
} tapedeck_toml_error;

// Reads a document and hands its values over, the root table first. Returns 0, or 1 with an error.
int tapedeck_toml_read(const char *text, size_t size, int maximum_depth, void *context,
                       void (*visit)(void *context, const tapedeck_toml_item *item),
                       tapedeck_toml_error *error);

#ifdef __cplusplus
}
#endif

#endif
