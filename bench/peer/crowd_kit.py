"""Crowd-Kit on one set of answers; run by the Python of its own virtual environment, which has no Milo in it.

    python crowd_kit.py METHOD IN.npz OUT.npz

IN holds task, worker, label (int64) and the sizes; OUT gets the soft labels and the CPU seconds of fitting.
"""

import sys
import time
import warnings

import numpy as np
import pandas as pd
from crowdkit.aggregation import GLAD, MACE, DawidSkene, MajorityVote, OneCoinDawidSkene

warnings.simplefilter("ignore")

METHODS = {
    "vote_shares": MajorityVote,
    "dawid_skene": lambda: DawidSkene(n_iter=100),
    "one_coin": lambda: OneCoinDawidSkene(n_iter=100),
    "mace": lambda: MACE(n_restarts=10, n_iter=50),
    "glad": lambda: GLAD(n_iter=100),
}


def main() -> None:
    """Fit, and write what came out."""
    method, source, target = sys.argv[1:]
    given = np.load(source)
    frame = pd.DataFrame({name: given[name] for name in ("task", "worker", "label")})
    before = time.process_time()
    found = METHODS[method]().fit(frame)
    seconds = time.process_time() - before
    table = found.probas_
    soft = np.zeros((int(given["n_tasks"]), int(given["n_labels"])))
    soft[np.ix_(table.index.to_numpy(), table.columns.to_numpy())] = table.to_numpy()
    np.savez(target, soft=soft, cpu=seconds)


if __name__ == "__main__":
    main()
