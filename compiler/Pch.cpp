// Gives the precompiled header a target that the others reuse it from.
