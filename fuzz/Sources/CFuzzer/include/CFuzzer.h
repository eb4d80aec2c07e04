// What the campaigns need of libFuzzer, of AddressSanitizer, of liblz4 and of Linux.
#pragma once
#include <stddef.h>
#include <stdint.h>

/// Runs libFuzzer's main loop with the arguments, the first one after the program's name left out.
int fuzzer_run(int argc, char **argv, int (*callback)(const uint8_t *data, size_t size));

/// libFuzzer's own mutations, in place; returns the new size.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);

/// Counts allocations from now on: more than `limit` bytes alive at once, beyond those that are
/// alive now, end the process with a stack trace.
void fuzzer_limit_memory(size_t limit);

/// Stops counting; returns the most bytes that were alive at once since the counting began.
size_t fuzzer_release_memory(void);

/// Stops counting for a while, or goes on.
void fuzzer_pause_memory(int is_paused);

/// Decompresses one LZ4 block; returns the bytes written, or a negative number.
int fuzzer_unpack(const uint8_t *source, int count, uint8_t *target, int capacity);

/// Compresses into one LZ4 block; returns the bytes written, or 0 where they do not fit.
int fuzzer_pack(const uint8_t *source, int count, uint8_t *target, int capacity);

/// Replaces the content of one of two files in memory; returns its path.
const char *fuzzer_memory_file(int slot, const uint8_t *data, size_t size);
