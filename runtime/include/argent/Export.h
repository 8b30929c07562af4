//===- Export.h - marks what libargent.so shows ----------------------------===//
// Everything else is compiled with hidden visibility.
#ifndef ARGENT_EXPORT_H
#define ARGENT_EXPORT_H

#define ARGENT_EXPORT __attribute__((visibility("default")))

#endif // ARGENT_EXPORT_H
