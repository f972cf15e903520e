"""Money as people see it: one way to round it, whoever shows it."""

from decimal import ROUND_HALF_UP, Decimal


def cents(amount: Decimal | float, digits: int = 2) -> str:
    """An amount in the account's currency: half a cent is a cent, whatever binary makes of it."""
    exact = amount if isinstance(amount, Decimal) else Decimal(str(round(amount, 6)))
    return str(exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))


def exact(amount: Decimal) -> str:
    """An amount to all its digits, two at least: for what is refused, which may turn on less than a cent."""
    plain = amount.normalize()
    return f"{plain:f}" if -int(plain.as_tuple().exponent) > 2 else cents(amount)
