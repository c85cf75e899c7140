"""The forensic linker: tries to tell who asked what from everything that a running deployment keeps."""
