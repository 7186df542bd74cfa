"""`python -m mockcdrs` does what `mockcdrs` does."""

from mockcdrs.cli import main

if __name__ == "__main__":
    main()
