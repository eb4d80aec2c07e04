#define _GNU_SOURCE
#include "CFuzzer.h"
#include <lz4.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

// No public header has it.
extern int LLVMFuzzerRunDriver(
    int *argc, char ***argv, int (*callback)(const uint8_t *data, size_t size));
extern int __sanitizer_install_malloc_and_free_hooks(
    void (*malloc_hook)(const volatile void *, size_t), void (*free_hook)(const volatile void *));
extern size_t __sanitizer_get_allocated_size(const volatile void *p);
extern void __sanitizer_print_stack_trace(void);

int fuzzer_run(int argc, char **argv, int (*callback)(const uint8_t *data, size_t size)) {
    for (int index = 1; index < argc; index++) argv[index] = argv[index + 1];
    argc--;
    return LLVMFuzzerRunDriver(&argc, &argv, callback);
}

// Signed, as memory from before the counting may be freed during it.
static long long live, peak, most;
static int is_counting;

static void on_allocation(const volatile void *p, size_t size) {
    if (!is_counting) return;
    live += (long long)size;
    if (live > peak) peak = live;
    if (live > most) {
        is_counting = 0;
        fprintf(stderr, "CAMPAIGN: memory of %lld bytes, limit %lld\n", live, most);
        __sanitizer_print_stack_trace();
        abort();
    }
}

static void on_release(const volatile void *p) {
    if (is_counting && p) live -= (long long)__sanitizer_get_allocated_size(p);
}

void fuzzer_limit_memory(size_t limit) {
    static int is_installed;
    if (!is_installed) {
        is_installed = 1;
        __sanitizer_install_malloc_and_free_hooks(on_allocation, on_release);
    }
    live = peak = 0;
    most = (long long)limit;
    is_counting = 1;
}

void fuzzer_pause_memory(int is_paused) { is_counting = !is_paused; }

size_t fuzzer_release_memory(void) {
    is_counting = 0;
    return (size_t)peak;
}

int fuzzer_unpack(const uint8_t *source, int count, uint8_t *target, int capacity) {
    return LZ4_decompress_safe((const char *)source, (char *)target, count, capacity);
}

int fuzzer_pack(const uint8_t *source, int count, uint8_t *target, int capacity) {
    return LZ4_compress_default((const char *)source, (char *)target, count, capacity);
}

const char *fuzzer_memory_file(int slot, const uint8_t *data, size_t size) {
    static int files[2] = {-1, -1};
    static char paths[2][32];
    if (files[slot] < 0) {
        files[slot] = memfd_create("campaign", 0);
        snprintf(paths[slot], sizeof paths[slot], "/proc/self/fd/%d", files[slot]);
    }
    if (files[slot] < 0 || ftruncate(files[slot], 0) != 0) abort();
    size_t done = 0;
    while (done < size) {
        ssize_t count = pwrite(files[slot], data + done, size - done, (off_t)done);
        if (count <= 0) abort();
        done += (size_t)count;
    }
    return paths[slot];
}
