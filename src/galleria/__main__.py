"""`python -m galleria` is `galleria`."""

from galleria.cli import main

if __name__ == "__main__":
    main()
