"""beancount with the book: loads it, then is asked what stood. Arguments: file, day, partner, rounds."""

import json
import sys
import time
from collections import Counter
from datetime import date

from beancount import loader
from beancount.core import data


def main(file: str, day: str, partner: str, rounds: str) -> None:
    start = time.perf_counter()
    entries, errors, _ = loader.load_file(file)
    if errors:
        sys.exit(str(errors[0]))
    balances = stood(entries, date.fromisoformat(day))
    found = {"load": time.perf_counter() - start, "accounts": {}, "asked": {}, "partner": 0}
    times = []
    for _ in range(int(rounds)):
        start = time.perf_counter()
        stood(entries, date.fromisoformat(day))
        times.append(1000 * (time.perf_counter() - start))
    found["asked"]["all accounts, a past day"] = min(times)
    accounts = Counter()
    for account, amount in balances.items():
        _, code, *names = account.split(":")
        accounts[code[1:]] -= round(amount * 100)
        if code[1:] >= "3000" and names and names[0] == f"P{partner}":
            found["partner"] -= round(amount * 100)
    found["accounts"] = {code: amount for code, amount in accounts.items() if amount}
    json.dump(found, sys.stdout)


def stood(entries: list, day: date) -> Counter:
    """What stood on every account at the end of a day."""
    balances = Counter()
    for entry in data.filter_txns(entries):
        if entry.date > day:
            break
        for posting in entry.postings:
            balances[posting.account] += posting.units.number
    return balances


main(*sys.argv[1:])
