"""What is found of many series at once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from valuation.flows import Floats
from valuation.roots import Mask


@dataclass(frozen=True)
class Roots:
    """Per series: roots, how many there are (2 stands for several). only: the root where there is exactly
    one, per day; elsewhere NaN. paid, received: whether any amount was.
    """

    count: NDArray[np.uint8]
    only: Floats
    paid: Mask
    received: Mask

    @staticmethod
    def unknown(series: int) -> "Roots":
        """Room for the answers of so many series, each without money until it is found."""
        nothing = np.zeros(series, dtype=np.bool_)
        return Roots(np.zeros(series, dtype=np.uint8), np.full(series, np.nan), nothing, nothing.copy())

    def put(self, places: NDArray[np.intp], part: "Roots") -> None:
        """Take over the answers of the series at `places`."""
        self.count[places], self.only[places] = part.count, part.only
        self.paid[places], self.received[places] = part.paid, part.received
