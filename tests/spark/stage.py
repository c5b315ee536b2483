"""A stage in a process of its own, which tests kill: `python -m tests.spark.stage SETTINGS CLUSTER`.

Its log tells how far it is.
"""

import logging
import sys

from corepath.warehouse import cluster
from corepath.warehouse.settings import Cluster, Settings

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", stream=sys.stderr)
    settings, where = sys.argv[1:]
    cluster.stage(Settings.model_validate_json(settings), Cluster.model_validate_json(where))
