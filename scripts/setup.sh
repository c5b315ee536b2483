#!/bin/sh
# setup.sh ENVIRONMENT LOCK: install a lock into an environment, with uv where it is installed; the
# project itself goes into .venv and .venv-spark.
# --no-deps: a lock is complete, and one pin is newer than a dependency's own metadata allows (see
# [tool.uv] in pyproject.toml).
set -eu

environment=$1
lock=$2
python=${PYTHON:-python3}

if ! "$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))'; then
    echo "corepath needs Python 3.11, 3.12 or 3.13, and $python is $("$python" --version 2>&1)." \
        "Name another: make setup PYTHON=python3.11" >&2
    exit 1
fi

if command -v uv >/dev/null 2>&1; then
    uv venv --quiet --allow-existing --python "$python" "$environment"
    install="uv pip install --quiet --compile-bytecode --python $environment/bin/python"
else
    "$python" -m venv "$environment"
    install="$environment/bin/python -m pip install --quiet --disable-pip-version-check"
fi
echo "Installing $lock into $environment (once; a minute or two with pip)"
$install --no-deps --require-hashes -r "$lock"
if [ "$environment" = .venv ] || [ "$environment" = .venv-spark ]; then
    $install --no-deps --no-build-isolation -e .
fi
touch "$environment/.ready"
