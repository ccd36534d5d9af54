"""The SMA cross of the bench in backtesting.py: python3 backtesting_py.py CANDLES, which prints JSON.

CANDLES holds columns of doubles one after the other: time in ms, open, high, low, close. An order is 0.01
coin, and backtesting.py trades whole units: prices are scaled so that one unit is one order. It trades at the
next open, as we do.
"""

import json
import sys
import time

import numpy as np
import pandas as pd
from backtesting import Backtest, Strategy
from backtesting.lib import crossover

FAST = 10
SLOW = 30
COIN_A_UNIT = 0.01
CAPITAL = 1_000_000
FEE = 0.000_45


def average(values, length):
    return pd.Series(values).rolling(length).mean()


class SmaCross(Strategy):
    def init(self):
        self.fast = self.I(average, self.data.Close, FAST)
        self.slow = self.I(average, self.data.Close, SLOW)

    def next(self):
        if crossover(self.fast, self.slow):
            self.buy(size=1)
        elif crossover(self.slow, self.fast):
            self.sell(size=1)


columns = np.fromfile(sys.argv[1], dtype="<f8").reshape(5, -1)
prices = columns[1:].T * COIN_A_UNIT
index = pd.to_datetime(columns[0], unit="ms")
candles = pd.DataFrame(prices, index=index, columns=["Open", "High", "Low", "Close"])
backtest = Backtest(candles, SmaCross, cash=CAPITAL, commission=FEE, exclusive_orders=True)
start = time.perf_counter()
result = backtest.run()
took_ms = (time.perf_counter() - start) * 1000
print(json.dumps({"candles": len(candles), "ms": took_ms, "trades": int(result["# Trades"])}))
