#!/usr/bin/env python3
"""Compares what read_tape.py reads with what `tapedeck export --format raw` writes.

Usage: compare_events.py TAPE READ.jsonl EXPORTED.jsonl
The reader prints a tape's own events, the export those of its ancestors too.
"""
import json
import sys

PLACE = ("sequence", "tick", "time", "kind", "cause", "payload")


def main():
    tape, read, exported = sys.argv[1:]
    with open(read) as file:
        ours = [json.loads(line) for line in file]
    with open(exported) as file:
        theirs = [json.loads(line) for line in file]
    theirs = [event for event in theirs if not ours or event["sequence"] >= ours[0]["sequence"]]
    if len(ours) != len(theirs):
        sys.exit(f"{tape}: {len(ours)} events read, {len(theirs)} exported")
    for mine, other in zip(ours, theirs):
        # A key's tick and a fact's cause are fields too, under names of their own.
        fields = [value for name, value in mine.items() if name not in PLACE]
        same = all(mine.get(name) == other.get(name) for name in PLACE)
        if not same or fields != other["fields"]:
            sys.exit(f"{tape}: event {mine['sequence']} differs:\n  read {mine}\n  export {other}")


if __name__ == "__main__":
    main()
