"""The command line, as the Swift program has it."""
import signal
import sys


def main():
    from ._library import library, strings

    words = sys.argv[1:]
    # The library handles Ctrl-C and closed pipes itself.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    status = library.td_main(len(words), strings(words))
    sys.exit(status)


if __name__ == "__main__":
    main()
