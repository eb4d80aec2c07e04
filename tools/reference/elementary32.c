// Runs the 32-bit elementary functions over all 2^32 arguments at every level of the dispatch.
//
// Prints for each function the hash of all results, which must be the same at every level, and on
// lines of their own the arguments for which the correct rounding cannot be told by 64 bits: where
// the C library's 64-bit value lies within 4 ulps of a midpoint between two results, or rounds to
// another result. elementary32.py works those out to 60 digits.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "CKernels.h"

enum { BATCH = 1 << 16 };

typedef void (*kernel)(float *, size_t);
typedef double (*reference)(double);

static float in[BATCH], out[BATCH];

static int is_doubtful(double exact, float result) {
  if (exact != exact || isinf(exact) || exact == 0) return 0;
  if ((float)exact != result) return 1;
  const double up = nextafterf(result, INFINITY), down = nextafterf(result, -INFINITY);
  const double near = 4 * (nextafter(fabs(exact), INFINITY) - fabs(exact));
  return fabs(exact - ((double)result + up) / 2) <= near ||
         fabs(exact - ((double)result + down) / 2) <= near;
}

static void run(const char *name, kernel function, reference exact) {
  for (int level = 1; level <= 3; level++) {
    tapedeck_kernels_select(level);
    if (tapedeck_kernels_active() != level) {
      printf("%s level %d SKIPPED: this processor does not have it\n", name, level);
      continue;
    }
    uint64_t hash = 0xcbf29ce484222325;
    for (uint64_t start = 0; start < (uint64_t)1 << 32; start += BATCH) {
      for (uint32_t index = 0; index < BATCH; index++) {
        const uint32_t bits = (uint32_t)start + index;
        memcpy(&in[index], &bits, 4);
      }
      memcpy(out, in, sizeof out);
      function(out, BATCH);
      for (uint32_t index = 0; index < BATCH; index++) {
        uint32_t bits;
        memcpy(&bits, &out[index], 4);
        hash = (hash ^ bits) * 0x100000001b3;
      }
      if (level > 1) continue;
      for (uint32_t index = 0; index < BATCH; index++) {
        if (!is_doubtful(exact(in[index]), out[index])) continue;
        uint32_t bits, result;
        memcpy(&bits, &in[index], 4);
        memcpy(&result, &out[index], 4);
        printf("%s doubtful %08x %08x\n", name, bits, result);
      }
    }
    printf("%s level %d hash %016llx\n", name, level, (unsigned long long)hash);
    fflush(stdout);
  }
}

int main(void) {
  run("exp", tapedeck_exp_f32, exp);
  run("tanh", tapedeck_tanh_f32, tanh);
  run("log", tapedeck_log_f32, log);
  return 0;
}
