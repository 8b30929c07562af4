/*===- argent.h - the runtime for C ------------------------------------------===
 * Opens compiled models (.agb), runs their entry points, reads and writes their parameters.
 *
 *   argent_module *module;
 *   argent_session *session;
 *   if (argent_module_open("lenet5.agb", &module) != ARGENT_OK)
 *     fail(argent_module_error(module));
 *   if (argent_session_create(module, NULL, &session) != ARGENT_OK)
 *     fail(argent_session_error(session));
 *   argent_session_initialize(session, 1);
 *   int64_t image_shape[4] = {1, 28, 28, 1}, logits_shape[2] = {1, 10};
 *   argent_tensor image = {"image", ARGENT_F32, 4, image_shape, pixels};
 *   argent_tensor logits = {"logits", ARGENT_F32, 2, logits_shape, scores};
 *   if (argent_session_run(session, "predict", &image, 1, &logits, 1) != ARGENT_OK)
 *     fail(argent_session_error(session));
 *
 * Every function that can fail returns a status; the handle then has a message for people. Opening and creating give a
 *handle even when they fail (null only without memory): read its message, then close it. Nothing here aborts or throws.
 *
 * Threads: a module may be shared by any number of them; a session, and the messages of any handle, by one at a time.
 *===-----------------------------------------------------------------------===*/
#ifndef ARGENT_ARGENT_H
#define ARGENT_ARGENT_H

#include "argent/Export.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum argent_status {
  ARGENT_OK = 0,
  ARGENT_INVALID_ARGUMENT,
  ARGENT_INVALID_DATA,
  ARGENT_NOT_FOUND,
  ARGENT_INCOMPATIBLE,
  ARGENT_IO_ERROR,
  ARGENT_OUT_OF_MEMORY,
  ARGENT_NON_FINITE,
  ARGENT_KERNEL_FAILURE,
  ARGENT_DEVICE_FAILURE,
  ARGENT_INTERRUPTED
} argent_status;

typedef enum argent_type {
  ARGENT_F32 = 0,
  ARGENT_F64,
  ARGENT_F16,
  ARGENT_BF16,
  ARGENT_I32,
  ARGENT_I64,
  ARGENT_U8,
  ARGENT_BOOL
} argent_type;

/** Row-major and dense; name, shape and data are the caller's. */
typedef struct argent_tensor {
  const char *name; /**< the port's, or a parameter's path */
  argent_type type;
  int32_t rank;
  const int64_t *shape; /**< `rank` extents; may be null when rank is 0 */
  void *data;
} argent_tensor;

typedef struct argent_module argent_module;
typedef struct argent_session argent_session;

/** Zeros are the defaults: a batch of 1, a thread for each processor, no training. */
typedef struct argent_options {
  int64_t max_batch; /**< the largest N of any call */
  int32_t threads;
  int32_t training; /**< not 0: train_step may be run */
} argent_options;

/** "ok", "invalid argument", ... */
ARGENT_EXPORT const char *argent_status_name(argent_status status);

/* ---- modules ---- */

ARGENT_EXPORT argent_status argent_module_open(const char *path, argent_module **module);
/** The bytes are copied. `name` is for messages. */
ARGENT_EXPORT argent_status argent_module_open_memory(const void *bytes, size_t count, const char *name,
                                                      argent_module **module);
/** Sessions keep what they need of it. Null is allowed. */
ARGENT_EXPORT void argent_module_close(argent_module *module);
/** The message of the last failure; empty if there was none, "out of memory" for null. Valid until the next call with
 * the handle. */
ARGENT_EXPORT const char *argent_module_error(const argent_module *module);

/** How many inputs (`output` = 0) or outputs an entry point has; -1 without such an entry point. */
ARGENT_EXPORT int32_t argent_module_port_count(const argent_module *module, const char *entry, int output);
/** Name, type and shape of a port; an extent of n times N is given as -n. `data` becomes null. All is valid while the
 * module is open. */
ARGENT_EXPORT argent_status argent_module_port(argent_module *module, const char *entry, int output, int32_t index,
                                               argent_tensor *port);

/* ---- sessions ---- */

/** `options` may be null. */
ARGENT_EXPORT argent_status argent_session_create(argent_module *module, const argent_options *options,
                                                  argent_session **session);
ARGENT_EXPORT void argent_session_destroy(argent_session *session);
ARGENT_EXPORT const char *argent_session_error(const argent_session *session);

/** Draws all parameters and states from their initializers; gradients and moments become zero. A table of word vectors
 * is drawn as the words are that its file lacks: the session reads no files, and argent_session_write gives it others.
 */
ARGENT_EXPORT argent_status argent_session_initialize(argent_session *session, uint64_t seed);

/** Lets the states that belong to the rows of the batch (a recurrent net's, from call to call) begin anew. */
ARGENT_EXPORT argent_status argent_session_reset_rows(argent_session *session);

/**
 * What random values (dropout in train_step, samples in predict) are made of. The next run of an entry point that draws
 * draws those of (seed, update), the one after it those of (seed, update + 1), and so on: equal pairs give equal
 * values, on every processor. A new session begins with (1, 0). A port "@random" holds them; the port functions leave
 * it out, and argent_session_run fills it.
 */
ARGENT_EXPORT argent_status argent_session_set_random(argent_session *session, uint64_t seed, uint32_t update);

/**
 * Computes the outputs of an entry point ("predict", "evaluate", "train_step") from its inputs; returns when they are
 * written. Tensors are found by name, in any order; each port is given once (train_step's `@rate_scale`, which the rate
 * is times, may be left out: 1; so may its output `rate`). A session whose parameters have no values yet cannot run
 * what reads them. N is what the shapes say, 1 ... max_batch. An output overlaps no other tensor. After
 * ARGENT_INVALID_ARGUMENT the outputs are untouched.
 */
ARGENT_EXPORT argent_status argent_session_run(argent_session *session, const char *entry, const argent_tensor *inputs,
                                               size_t input_count, const argent_tensor *outputs, size_t output_count);

/** How many parameters and states there are. */
ARGENT_EXPORT size_t argent_session_parameter_count(const argent_session *session);
/** The path of one, by number; null beyond the last. */
ARGENT_EXPORT const char *argent_session_parameter_path(const argent_session *session, size_t index);
/** Copies parameters and states, found by path (`name`), into the tensors' memory. Types and shapes must be theirs. */
ARGENT_EXPORT argent_status argent_session_read(argent_session *session, const argent_tensor *tensors, size_t count);
/** Sets parameters and states, found by path; all others keep their values. On failure nothing has changed. A session
 * that was not initialized has values when the last of them is written. */
ARGENT_EXPORT argent_status argent_session_write(argent_session *session, const argent_tensor *tensors, size_t count);

#ifdef __cplusplus
}
#endif

#endif // ARGENT_ARGENT_H
