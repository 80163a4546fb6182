"""Where the program starts: whoever presses Ctrl-C while it still loads gets one plain line too."""

import sys


def main() -> None:
    """Load the command line and run it."""
    try:
        from backorder.cli import main as run_command  # noqa: PLC0415 - loading is what may be interrupted

        run_command()
    except KeyboardInterrupt:
        sys.stderr.write("interrupted; nothing was written\n")
        sys.exit(130)


if __name__ == "__main__":
    main()
