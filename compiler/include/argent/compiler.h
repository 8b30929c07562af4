/*===- compiler.h - the compiler as a shared object, for programs that load it only when needed ---===//
 * `argent` opens libargent_compiler.so with dlopen when it meets a .ag file, and never for a module. Plain C, so that
 * nothing but these structs crosses the boundary: no C++ type, exception or allocation of one side is seen by the
 * other.
 *
 * Versions: both structs begin with their own size as the caller knows it; fields are appended, never moved. The
 * compiler reads and writes only what lies within the size that it was given, and takes absent fields as zero.
 */
#ifndef ARGENT_COMPILER_H
#define ARGENT_COMPILER_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* `--set NAME=VALUE`; the value is text of the language: a number, a string, true, false. */
typedef struct ArgentSetting {
  const char *name;
  const char *value;
} ArgentSetting;

/* All pointers are the caller's and need to live until argentCompile returns. */
typedef struct ArgentCompileRequest {
  size_t structBytes;    /* sizeof(ArgentCompileRequest) */
  const char *inputPath; /* the .ag file */
  const char *modelName; /* null: the file's only model */
  const ArgentSetting *settings;
  size_t settingCount;
  const char *const *targets; /* as `--target` takes them; none: this machine's */
  size_t targetCount;
  const char *emit;           /* "ast", "nn", "hl", "schedule", "plan", "asm" or "agb"; null: "agb" */
  int checked;                /* nonzero: kernels with assertions and bounds checks */
  int workers;                /* codegen processes at once; 0: one for each processor */
  int cacheOff;               /* nonzero: the disk cache is neither read nor written */
  const char *cacheDirectory; /* null: $XDG_CACHE_HOME/argent */
  const char *scheduleFile;   /* null: the rules' schedules */
  int color;                  /* nonzero: diagnostics may have terminal colours */
  int timeReport;             /* nonzero: fill the result's report */
  int gradientReport;         /* nonzero: train_step says what a gradient report shows */
} ArgentCompileRequest;

/* What argentCompile fills in; argentCompileFree releases it, whatever the status. */
typedef struct ArgentCompileResult {
  size_t structBytes; /* sizeof(ArgentCompileResult), set by the caller */
  int status;         /* as the program's exit status: 0, 1 the source is wrong, 2 the request is */
  char *bytes;        /* status 0: the module, or text for the other kinds; else null */
  size_t byteCount;
  char *diagnostics; /* errors and warnings as text that ends with a line end, zero-terminated; null: none */
  char *report;      /* with timeReport: the times of stages, passes and kernels as JSON, zero-terminated; else null */
} ArgentCompileResult;

/* A kernel of a module, to be shown as assembly. */
typedef struct ArgentDisassembleRequest {
  size_t structBytes; /* sizeof(ArgentDisassembleRequest) */
  const char *image;  /* the variant's kernel image, an ELF file */
  size_t imageBytes;
  const char *architecture;  /* "x86-64" or "aarch64" */
  size_t address, codeBytes; /* where the kernel's code lies in the loaded image */
} ArgentDisassembleRequest;

typedef int (*ArgentCompileFunction)(const ArgentCompileRequest *, ArgentCompileResult *);
typedef int (*ArgentFormatFunction)(const char *, const char *, size_t, ArgentCompileResult *);
typedef void (*ArgentCompileFreeFunction)(ArgentCompileResult *);

/* Compiles; returns result->status. Never exits, throws or prints. One call at a time. */
__attribute__((visibility("default"))) int argentCompile(const ArgentCompileRequest *request,
                                                         ArgentCompileResult *result);
/* Lays out the source `text` of the file `path` (for messages; it is not read) in the canonical form: result->bytes.
 * Returns result->status: 1 if the text does not parse. */
__attribute__((visibility("default"))) int argentFormat(const char *path, const char *text, size_t textBytes,
                                                        ArgentCompileResult *result);
typedef int (*ArgentDisassembleFunction)(const ArgentDisassembleRequest *, ArgentCompileResult *);
/* The kernel's instructions as text in the result's bytes; returns result->status. */
__attribute__((visibility("default"))) int argentDisassemble(const ArgentDisassembleRequest *request,
                                                             ArgentCompileResult *result);
/* Releases what a result holds and clears it. */
__attribute__((visibility("default"))) void argentCompileFree(ArgentCompileResult *result);

#ifdef __cplusplus
}
#endif

#endif // ARGENT_COMPILER_H
