#!/bin/sh
# Give a command its secrets: each file of /run/secrets becomes a variable of the file's name. Neither the image
# nor the compose file holds one, and `docker inspect` shows none.
set -eu
for file in "${SECRETS:-/run/secrets}"/[A-Z]*; do
    if [ -f "$file" ]; then
        export "$(basename "$file")=$(cat "$file")"
    fi
done
exec "$@"
