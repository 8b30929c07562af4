//===- Limits.cpp - what the machine can do, measured ---------------------------------===//
//   FMA peak: 12 independent chains of multiply-adds in registers (latency 4 cycles, two a cycle, so 8 would do), the
//   best of some short bursts. Bandwidth: STREAM's triad (McCalpin 1995) in the same vectors, each thread on its own
//   third of three arrays.
#include "Limits.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <cstdlib>
#include <functional>
#include <thread>
#include <unistd.h>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

namespace argent::tool {

namespace {

using Clock = std::chrono::steady_clock;
constexpr int kChains = 12;

// The two loops for each width. The chains are twelve variables, not an array, which GCC keeps in memory; the empty
// assembly keeps the compiler from joining their steps.
#define ARGENT_LIMIT_LOOPS(suffix, features, registers, Vector, lanes, set, fma, load, store)                          \
  features float fmaLoop##suffix(long count) {                                                                         \
    const Vector f = set(0.9999f), s = set(0.0001f);                                                                   \
    Vector a = set(1.0f), b = set(1.1f), c = set(1.2f), d = set(1.3f), e = set(1.4f), g = set(1.5f);                   \
    Vector h = set(1.6f), i = set(1.7f), j = set(1.8f), k = set(1.9f), l = set(2.0f), m = set(2.1f);                   \
    for (long n = 0; n < count; ++n) {                                                                                 \
      a = fma(a, f, s), b = fma(b, f, s), c = fma(c, f, s), d = fma(d, f, s), e = fma(e, f, s), g = fma(g, f, s);      \
      h = fma(h, f, s), i = fma(i, f, s), j = fma(j, f, s), k = fma(k, f, s), l = fma(l, f, s), m = fma(m, f, s);      \
      __asm__ volatile(""                                                                                              \
                       : registers(a), registers(b), registers(c), registers(d), registers(e), registers(g),           \
                         registers(h), registers(i), registers(j), registers(k), registers(l), registers(m));          \
    }                                                                                                                  \
    float result[lanes];                                                                                               \
    store(result, fma(fma(fma(a, b, c), d, fma(e, g, h)), f, fma(fma(i, j, k), l, m)));                                \
    return result[0];                                                                                                  \
  }                                                                                                                    \
  features void triad##suffix(float *a, const float *b, const float *c, size_t count) {                                \
    const Vector factor = set(3.0f);                                                                                   \
    for (size_t i = 0; i + lanes <= count; i += lanes)                                                                 \
      store(a + i, fma(load(c + i), factor, load(b + i)));                                                             \
  }

#if defined(__x86_64__)

#define ARGENT_TARGET(features) __attribute__((target(features)))
ARGENT_LIMIT_LOOPS(512, ARGENT_TARGET("avx512f"), "+v", __m512, 16, _mm512_set1_ps, _mm512_fmadd_ps, _mm512_loadu_ps,
                   _mm512_storeu_ps)
ARGENT_LIMIT_LOOPS(256, ARGENT_TARGET("avx2,fma"), "+x", __m256, 8, _mm256_set1_ps, _mm256_fmadd_ps, _mm256_loadu_ps,
                   _mm256_storeu_ps)
__m128 multiplyAdd(__m128 a, __m128 b, __m128 c) { return _mm_add_ps(_mm_mul_ps(a, b), c); }
ARGENT_LIMIT_LOOPS(128, , "+x", __m128, 4, _mm_set1_ps, multiplyAdd, _mm_loadu_ps, _mm_storeu_ps)

#elif defined(__aarch64__)

float32x4_t multiplyAdd(float32x4_t a, float32x4_t b, float32x4_t c) { return vfmaq_f32(c, a, b); }
ARGENT_LIMIT_LOOPS(128, , "+w", float32x4_t, 4, vdupq_n_f32, multiplyAdd, vld1q_f32, vst1q_f32)

#else
#error "the loops for this processor are not written"
#endif

#if !defined(__x86_64__)
auto &fmaLoop256 = fmaLoop128, &fmaLoop512 = fmaLoop128;
auto &triad256 = triad128, &triad512 = triad128;
#endif

volatile float sink;

/// Larger than any cache, but not so large that a small machine swaps: four times the last level's, 128 to 512 MiB.
size_t memoryBytes() {
  constexpr size_t kMiB = size_t(1) << 20;
#ifdef _SC_LEVEL3_CACHE_SIZE
  long cache = std::max(::sysconf(_SC_LEVEL3_CACHE_SIZE), 0l);
#else
  long cache = 0;
#endif
  size_t installed = static_cast<size_t>(::sysconf(_SC_PHYS_PAGES)) * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
  return std::min(std::clamp(4 * static_cast<size_t>(cache), 128 * kMiB, 512 * kMiB), std::max(installed / 8, kMiB));
}

} // namespace

double quantile(std::vector<double> values, double share) {
  if (values.empty())
    return 0;
  std::sort(values.begin(), values.end());
  return values[std::min(values.size() - 1, static_cast<size_t>(share * static_cast<double>(values.size())))];
}

struct Limits::Impl {
  Impl(int threadCount, int vectorBits, size_t bytes)
      : vectorBits(vectorBits),
        workingSet(std::clamp<size_t>(bytes, 12288 * static_cast<size_t>(threadCount), memoryBytes())),
        begin(threadCount), end(threadCount) {
    // A third for each array; each thread works on the same part of the three in every pass.
    elements = memoryBytes() / 12 / 64 * 64;
    memory.reset(static_cast<float *>(std::aligned_alloc(64, 12 * elements)));
    if (!memory)
      throw std::bad_alloc();
    for (int i = 1; i < threadCount; ++i)
      threads.emplace_back([this, i] {
        for (begin.arrive_and_wait(); task; begin.arrive_and_wait()) {
          task(i);
          end.arrive_and_wait();
        }
      });
    all([&](int thread) {
      auto [from, count] = part(elements, thread);
      for (size_t array = 0; array < 3; ++array)
        std::fill_n(memory.get() + array * elements + from, count, 1.0f);
    });
  }
  ~Impl() {
    task = nullptr;
    begin.arrive_and_wait();
    for (std::thread &thread : threads)
      thread.join();
  }

  /// Runs `work(thread)` on every thread and returns the seconds until the last has ended.
  double all(std::function<void(int)> work) {
    task = std::move(work);
    begin.arrive_and_wait();
    Clock::time_point start = Clock::now();
    task(0);
    end.arrive_and_wait();
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

  std::pair<size_t, size_t> part(size_t count, int thread) const {
    size_t each = count / (threads.size() + 1) / 64 * 64;
    return {each * static_cast<size_t>(thread), each};
  }

  double fma() {
    constexpr long kCount = 50000; // some 0.15 ms: shorter than a slice of time that a busy system gives
    constexpr int kBursts = 24;
    double best = 1e30;
    for (int burst = 0; burst < kBursts; ++burst)
      best = std::min(
          best, all([&](int) {
            sink = vectorBits >= 512 ? fmaLoop512(kCount) : vectorBits >= 256 ? fmaLoop256(kCount) : fmaLoop128(kCount);
          }));
    double lanes = std::min(vectorBits, 512) / 32.0;
    return 2 * lanes * kChains * static_cast<double>(kCount) * static_cast<double>(threads.size() + 1) / best * 1e-9;
  }

  /// Over the first `count` elements of each array.
  double bandwidth(size_t count) {
    count = std::max<size_t>(std::min(count, elements), 64 * (threads.size() + 1));
    int passes = static_cast<int>(std::clamp<size_t>((size_t(1) << 20) / count, 1, 4096));
    double best = 1e30;
    for (int burst = 0; burst < (passes > 1 ? 12 : 1); ++burst)
      best = std::min(best, all([&](int thread) {
                        auto [from, length] = part(count, thread);
                        float *a = memory.get() + from, *b = memory.get() + elements + from,
                              *c = memory.get() + 2 * elements + from;
                        auto triad = vectorBits >= 512 ? triad512 : vectorBits >= 256 ? triad256 : triad128;
                        for (int pass = 0; pass < passes; ++pass)
                          triad(a, b, c, length);
                      }));
    return 12.0 * static_cast<double>(part(count, 0).second) * static_cast<double>(threads.size() + 1) * passes / best;
  }

  struct Free {
    void operator()(float *pointer) const { std::free(pointer); }
  };
  int vectorBits;
  size_t workingSet, elements = 0;
  std::unique_ptr<float, Free> memory;
  std::barrier<> begin, end;
  std::function<void(int)> task;
  std::vector<std::thread> threads;
  std::vector<double> fmas, memories, workingSets;
};

Limits::Limits(int threads, int vectorBits, size_t workingSetBytes)
    : impl_(std::make_unique<Impl>(threads, vectorBits, workingSetBytes)) {}
Limits::~Limits() = default;

void Limits::measure() {
  impl_->fmas.push_back(impl_->fma());
  impl_->memories.push_back(impl_->bandwidth(impl_->elements));
  impl_->workingSets.push_back(impl_->bandwidth(impl_->workingSet / 12));
}

double Limits::fmaGflops() const { return quantile(impl_->fmas); }
double Limits::memoryBandwidth() const { return quantile(impl_->memories); }
double Limits::workingSetBandwidth() const { return std::max(quantile(impl_->workingSets), memoryBandwidth()); }
size_t Limits::workingSetBytes() const { return impl_->workingSet; }

} // namespace argent::tool
