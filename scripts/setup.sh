#!/bin/sh
# Install the locked dependencies and this project into .venv; with uv where it is installed.
# --no-deps: the lock is complete, and one pin in it is newer than a dependency's own metadata says
# exists (see pyproject.toml).
set -eu

python=${PYTHON:-python3}
"$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || {
    echo "corepath needs Python 3.11, 3.12 or 3.13; $python is $("$python" --version)." \
        "Name another: make setup PYTHON=python3.11" >&2
    exit 1
}

if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" .venv
    install="uv pip install --quiet --python .venv/bin/python"
else
    "$python" -m venv .venv
    install=".venv/bin/python -m pip install --quiet --disable-pip-version-check"
fi
$install --no-deps --require-hashes -r requirements.lock
$install --no-deps --no-build-isolation -e .
touch .venv/.ready
