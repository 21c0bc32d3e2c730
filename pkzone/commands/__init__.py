"""The commands, one module each: parse, one library call, print."""
