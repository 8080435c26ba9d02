"""duckdb with the book: loads it from a table, then is asked what stood. Arguments: table, day, partner, rounds."""

import json
import sys
import time

import duckdb

SIDES = """
SELECT debit AS account, debit_partner AS partner, -amount AS amount, day FROM book
UNION ALL SELECT credit, credit_partner, amount, day FROM book
"""


def main(table: str, day: str, partner: str, rounds: str) -> None:
    start = time.perf_counter()
    memory = duckdb.connect()
    kinds = "{'debit': 'VARCHAR', 'credit': 'VARCHAR', 'amount': 'BIGINT', 'day': 'DATE'}"
    memory.execute(f"CREATE TABLE book AS SELECT * FROM read_csv('{table}', types = {kinds})")
    stood = f"sum(amount)::BIGINT FROM ({SIDES}) WHERE day <= '{day}'"
    every = f"SELECT account, {stood} GROUP BY 1 HAVING sum(amount) <> 0"
    one = f"SELECT {stood} AND account >= '3000' AND partner = {partner}"
    accounts = dict(memory.execute(every).fetchall())
    found = {"load": time.perf_counter() - start, "accounts": accounts, "asked": {}}
    for name, question in (("all accounts, a past day", every), ("one partner, a past day", one)):
        times = []
        for _ in range(int(rounds)):
            start = time.perf_counter()
            answer = memory.execute(question).fetchall()
            times.append(1000 * (time.perf_counter() - start))
        found["asked"][name] = min(times)
    found["partner"] = answer[0][0]
    json.dump(found, sys.stdout)


main(*sys.argv[1:])
