"""What Prefect's form of a flow says beside each parameter."""

import inspect
import re
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def with_form(function: Callable[P, T]) -> Callable[P, T]:
    """Write the docstring of a flow so that Prefect reads what it says of each parameter.

    Prefect shows it on the page of the flow, and beside the parameters of its form; it knows Google's
    style alone.

    Parameters
    ----------
    function
        Of the flow, with a docstring in NumPy's style.

    Examples
    --------
    >>> @with_form
    ... def prune(keep: int) -> None:
    ...     '''Remove releases.
    ...
    ...     Parameters
    ...     ----------
    ...     keep
    ...         How many,
    ...         at least 1.
    ...     '''
    >>> print(prune.__doc__)
    Remove releases.
    <BLANKLINE>
    Args:
        keep: How many, at least 1.
    """
    head, _, rest = (inspect.getdoc(function) or "").partition("\n\nParameters\n----------\n")
    named, _, _ = rest.partition("\n\n")
    texts = re.findall(r"^(\w+)\n((?:    .*\n?)+)", named, re.M)
    function.__doc__ = "\n".join(
        [f"{head}\n\nArgs:", *(f"    {name}: {' '.join(text.split())}" for name, text in texts)]
    )
    return function
