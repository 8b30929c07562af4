//===- Export.h - marks what libargent.so shows ----------------------------===//
// Everything else is compiled with hidden visibility. ARGENT_HIDDEN is for what lies inside of a class that is shown.
#ifndef ARGENT_EXPORT_H
#define ARGENT_EXPORT_H

#define ARGENT_EXPORT __attribute__((visibility("default")))
#define ARGENT_HIDDEN __attribute__((visibility("hidden")))

#endif // ARGENT_EXPORT_H
