#pragma STDC FP_CONTRACT OFF
#include "dispatch.h"

#include <stdatomic.h>

#if defined(__x86_64__)
#include <cpuid.h>
#endif

// Both hold plain numbers that publish no other memory, so relaxed order is enough. Detection may
// run on several threads at once: each stores the same set.
static _Atomic unsigned detected_features;  // 0 until the first call
static _Atomic int selected_level;

#if defined(__x86_64__)

// Returns extended control register 0: which register files the system saves. Needs OSXSAVE.
static uint64_t saved_register_files(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return ((uint64_t)high << 32) | low;
}

// Source: Intel SDM volume 2, CPUID leaves 1 and 7, and volume 1, 14.3 and 15.2.
static unsigned detect(void) {
  unsigned features = TAPEDECK_FEATURE_DETECTED;
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return features;
  const unsigned leaf1c = c;
  if (leaf1c & (1u << 20)) features |= TAPEDECK_FEATURE_CRC32;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return features;
  const unsigned leaf7b = b;
  if ((leaf7b & (1u << 29)) && (leaf1c & (1u << 19))) features |= TAPEDECK_FEATURE_SHA;
  const unsigned avx_and_fma = (1u << 12) | (1u << 27) | (1u << 28);  // FMA, OSXSAVE, AVX
  if ((leaf1c & avx_and_fma) != avx_and_fma) return features;
  const uint64_t saved = saved_register_files();
  if ((saved & 0x06) != 0x06 || !(leaf7b & (1u << 5))) return features;
  features |= TAPEDECK_FEATURE_AVX2;
  const unsigned avx512 = (1u << 16) | (1u << 17) | (1u << 30) | (1u << 31);  // F, DQ, BW, VL
  if ((saved & 0xe6) == 0xe6 && (leaf7b & avx512) == avx512) features |= TAPEDECK_FEATURE_AVX512;
  return features;
}

#else

static unsigned detect(void) { return TAPEDECK_FEATURE_DETECTED; }

#endif

static unsigned detected(void) {
  unsigned features = atomic_load_explicit(&detected_features, memory_order_relaxed);
  if (features == 0) {
    features = detect();
    atomic_store_explicit(&detected_features, features, memory_order_relaxed);
  }
  return features;
}

unsigned tapedeck_features(void) {
  const unsigned features = detected();
  switch (atomic_load_explicit(&selected_level, memory_order_relaxed)) {
    case TAPEDECK_KERNELS_SCALAR: return TAPEDECK_FEATURE_DETECTED;
    case TAPEDECK_KERNELS_AVX2: return features & ~(unsigned)TAPEDECK_FEATURE_AVX512;
    default: return features;
  }
}

void tapedeck_kernels_select(int level) {
  const int known = level >= TAPEDECK_KERNELS_SCALAR && level <= TAPEDECK_KERNELS_AVX512;
  atomic_store_explicit(
      &selected_level, known ? level : TAPEDECK_KERNELS_AUTOMATIC, memory_order_relaxed);
}

int tapedeck_kernels_active(void) {
  const unsigned features = tapedeck_features();
  if (features & TAPEDECK_FEATURE_AVX512) return TAPEDECK_KERNELS_AVX512;
  if (features & TAPEDECK_FEATURE_AVX2) return TAPEDECK_KERNELS_AVX2;
  return TAPEDECK_KERNELS_SCALAR;
}
