//===- Tasks.h - work for threads ------------------------------------------===//
// How much work a parallel task has at least, and images cut into chunks of rows. Tasks are a function of the shape,
// and each result is computed by one of them, so they change no bits.
#ifndef ARGENT_COMPILER_SCHEDULE_TASKS_H
#define ARGENT_COMPILER_SCHEDULE_TASKS_H

#include "compiler/schedule/Analysis.h"

namespace argent::schedule {

/// Parallel tasks pay from here on (README.md, tasks).
inline constexpr int64_t kTaskElements = 16384; // of memory-bound work
inline constexpr int64_t kTaskMultiplyAdds = 65536;
/// An image has no more tasks than these: work for the threads of a machine, and little of it done twice at the chunks'
/// borders.
inline constexpr int64_t kTasksPerImage = 8;

/// How many points of the second axis, rows of an image, a task of the func has; 0: an image is one task, if that.
/// `inside`: multiply-adds that are computed in the func's loops besides those that it knows of, for all images.
int64_t chooseChunkRows(const Func &func, int64_t inside = 0);
/// The loop over the tasks of images, chunked or whole. What is computed for each of them is computed in it.
std::string taskLoop(const Func &func, int64_t chunkRows);
/// The loop over chunks that is made of the loops over images and over the chunks of one.
inline constexpr const char *kTaskLoop = "task";

} // namespace argent::schedule

#endif // ARGENT_COMPILER_SCHEDULE_TASKS_H
