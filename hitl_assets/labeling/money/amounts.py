"""Money as people see it: one way to round it, whoever shows it."""

from decimal import ROUND_HALF_UP, Decimal

SMALL = 0.001


def cents(amount: Decimal | float, digits: int = 2) -> str:
    """An amount in the account's currency: half a cent is a cent, whatever binary makes of it."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 6)))
    return str(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def price_of_one(total: Decimal | float, count: int) -> float:
    """What one of so many has cost: to a hundredth of a cent; what is under ten of those, to three digits."""
    price = float(total) / count
    return round(price, 4) if price >= SMALL else float(f"{price:.3g}")


def exact(amount: Decimal) -> str:
    """An amount to all its digits, two at least: for what is refused, which may turn on less than a cent."""
    plain = amount.normalize()
    return f"{plain:f}" if -int(plain.as_tuple().exponent) > 2 else cents(amount)
