// Shared by the kernels: what the processor has, cut to what tapedeck_kernels_select allows.
#ifndef TAPEDECK_DISPATCH_H
#define TAPEDECK_DISPATCH_H

#include "CKernels.h"

// Sets of features that kernels are written for. A level bit promises all levels below it.
enum {
  TAPEDECK_FEATURE_DETECTED = 1 << 0,  // so that a detected set is never 0
  TAPEDECK_FEATURE_CRC32 = 1 << 1,     // SSE4.2
  TAPEDECK_FEATURE_SHA = 1 << 2,       // SHA-NI with SSE4.1
  TAPEDECK_FEATURE_AVX2 = 1 << 3,      // AVX2 and FMA, enabled by the system
  TAPEDECK_FEATURE_AVX512 = 1 << 4,    // AVX-512 F, DQ, BW, VL, enabled by the system
};

// Returns the features a kernel may use now; two relaxed loads after the first call.
unsigned tapedeck_features(void);

#endif
