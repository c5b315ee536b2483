"""Check that documentation, comments, messages and names use the established terms of the field.

The list is short on purpose: words that have crept in before, each with what is meant.
"""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORDS = {
    r"judg(e|es|ed|ing|ement)": "validate, evaluate, test",
    r"verdicts?": "result",
    r"mend(s|ed|ing)?": "fix, correct",
    r"strange(rs?|ly)?": "unknown",
    r"dirt(y|ier|ied)?": "corruption, damaged",
    r"rid(e|es|ing) along": "is a warning, does not stop the release",
    r"the house": "the project",
    r"unasked": "only if it is asked for",
    r"(can|cannot|could not) be told": "can, cannot be determined",
}
FILES = ("*.py", "*.sql", "*.md", "*.toml", "*.json", "*.yaml", "*.yml", "Makefile")
# Text of others, terms of a field of technology, and results with the names of steps.
LEFT_OUT = ("benchmarks/results/", "topics/", "scripts/words.py")
# git calls a work tree so that has uncommitted changes.
ALLOWED = re.compile(r"--dirty|-dirty\b")


def found(text: str) -> list[tuple[int, str, str]]:
    """List the words that are not used: line, word, and what is used instead.

    Examples
    --------
    >>> found("A table is judged.")
    [(1, 'judged', 'validate, evaluate, test')]
    >>> found("git describe --dirty")
    []
    """
    return [
        (number, match[0], instead)
        for number, line in enumerate(ALLOWED.sub("", text).splitlines(), start=1)
        for word, instead in WORDS.items()
        for match in re.finditer(rf"(?<![a-z]){word}(?![a-z])", line, re.IGNORECASE)
    ]


def main() -> int:
    """Print each use with its place; tell by the exit code whether there is one."""
    listed = subprocess.run(
        ["git", "ls-files", *FILES],  # noqa: S607  the one that the checkout was made with
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()
    uses = [
        f"{name}:{number}: {word!r}; say {instead}"
        for name in listed
        if not name.startswith(LEFT_OUT)
        for number, word, instead in found((ROOT / name).read_text(encoding="utf-8"))
    ]
    print("\n".join(uses))
    return bool(uses)


if __name__ == "__main__":
    sys.exit(main())
