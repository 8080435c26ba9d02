"""`python -m app.cli` is `afund`."""

from app.cli import main

main()
