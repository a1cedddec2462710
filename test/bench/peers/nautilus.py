"""
One moving-average strategy through NautilusTrader's backtest engine: the peer of `npm run bench -- peers`.

1. It reads the bars that the benchmark wrote, orders what `crossing.ts` orders, and writes every fill as one line of CSV.
2. Its time is the engine's run alone; imports and the reading of the file are before it.
"""
import csv
import json
import sys
import time
from collections import deque
from datetime import datetime
from decimal import Decimal

from nautilus_trader.backtest.engine import BacktestEngine, BacktestEngineConfig
from nautilus_trader.backtest.models import MakerTakerFeeModel
from nautilus_trader.config import LoggingConfig, StrategyConfig
from nautilus_trader.model.currencies import USD
from nautilus_trader.model.data import Bar, BarType
from nautilus_trader.model.enums import AccountType, OmsType, OrderSide
from nautilus_trader.model.identifiers import InstrumentId, Symbol, Venue
from nautilus_trader.model.instruments import Equity
from nautilus_trader.model.objects import Money, Price, Quantity
from nautilus_trader.trading.strategy import Strategy

FAST = 5
SLOW = 20


class CrossingConfig(StrategyConfig, frozen=True):
    instrument_id: InstrumentId
    bar_type: BarType


class Crossing(Strategy):
    def __init__(self, config):
        super().__init__(config)
        self.closes = deque(maxlen=SLOW)
        self.runs = 0
        self.orders = 0
        self.fills = []
        self.instrument = None

    def on_start(self):
        self.instrument = self.cache.instrument(self.config.instrument_id)
        self.subscribe_bars(self.config.bar_type)

    def on_bar(self, bar):
        self.runs += 1
        self.closes.append(round(float(bar.close) * 100))
        if len(self.closes) < SLOW:
            return
        closes = list(self.closes)
        fast = sum(closes[-FAST:]) * SLOW
        slow = sum(closes) * FAST
        position = int(self.portfolio.net_position(self.config.instrument_id))
        size = 20 if abs(position) == 10 else 10
        change = (size if fast > slow else -size) - position
        side = OrderSide.BUY if change > 0 else OrderSide.SELL
        self.orders += 1
        self.submit_order(
            self.order_factory.market(self.config.instrument_id, side, self.instrument.make_qty(abs(change)))
        )

    def on_order_filled(self, event):
        sign = 1 if event.order_side == OrderSide.BUY else -1
        self.fills.append((sign * int(event.last_qty), str(event.last_px), str(event.commission.as_decimal())))


def main(bars_file, fills_file, fee_bps):
    engine = BacktestEngine(
        config=BacktestEngineConfig(logging=LoggingConfig(bypass_logging=True), run_analysis=False)
    )
    venue = Venue("SIM")
    engine.add_venue(
        venue=venue,
        oms_type=OmsType.NETTING,
        account_type=AccountType.MARGIN,
        base_currency=USD,
        starting_balances=[Money(1_000_000, USD)],
        fee_model=MakerTakerFeeModel(),
    )
    fee = Decimal(fee_bps) / 10_000
    instrument = Equity(
        instrument_id=InstrumentId(Symbol("PEER"), venue),
        raw_symbol=Symbol("PEER"),
        currency=USD,
        price_precision=2,
        price_increment=Price.from_str("0.01"),
        lot_size=Quantity.from_int(1),
        ts_event=0,
        ts_init=0,
        maker_fee=fee,
        taker_fee=fee,
    )
    engine.add_instrument(instrument)
    bar_type = BarType.from_str("PEER.SIM-1-MINUTE-LAST-EXTERNAL")
    bars = []
    with open(bars_file, newline="") as file:
        for row in csv.DictReader(file):
            at = int(datetime.fromisoformat(row["timestamp"]).timestamp()) * 1_000_000_000
            prices = (Price.from_str(row[name]) for name in ("open", "high", "low", "close"))
            bars.append(Bar(bar_type, *prices, Quantity.from_str(row["volume"]), at, at))
    engine.add_data(bars)
    strategy = Crossing(CrossingConfig(instrument_id=instrument.id, bar_type=bar_type))
    engine.add_strategy(strategy)
    started = time.perf_counter()
    engine.run()
    seconds = time.perf_counter() - started
    with open(fills_file, "w") as file:
        file.writelines(f"{quantity},{price},{fee}\n" for quantity, price, fee in strategy.fills)
    print(json.dumps({"seconds": seconds, "runs": strategy.runs, "orders": strategy.orders}))


main(*sys.argv[1:])
