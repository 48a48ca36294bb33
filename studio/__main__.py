"""`python -m studio`: everything the page does, as commands."""

from studio.cli import main

if __name__ == "__main__":
    main()
