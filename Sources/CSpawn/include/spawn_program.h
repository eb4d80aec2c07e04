// What of starting programs only C can say: these calls of glibc are hidden from Swift.
#ifndef TAPEDECK_SPAWN_PROGRAM_H
#define TAPEDECK_SPAWN_PROGRAM_H

#include <sys/types.h>

// Makes a pipe that no other program inherits; returns 0 or the error's number.
int tapedeck_pipe(int *reading, int *writing);

// Starts a program, found on PATH, with three descriptors as its standard streams, as the leader of
// a process group of its own, in a folder where that is not null; returns 0 or the error's number.
// Signals are as a program expects them: none is ignored or blocked.
int tapedeck_spawn(const char *folder, char *const *words, const int *streams, pid_t *child);

#endif
