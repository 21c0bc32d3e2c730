"""``python -m pkzone`` is the same as ``pkzone``."""

from pkzone.cli import main

if __name__ == "__main__":
    main()
