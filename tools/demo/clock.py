"""The time the demo data is told in, and the one stream of chance all of it is drawn from."""
import bisect
import random
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

AS_OF = date(2026, 11, 20)
rnd = random.Random(20261120)

DAYS = [d for d in (AS_OF - timedelta(n) for n in range(560, -1, -1)) if d.weekday() < 5][-392:]
NOW = datetime.combine(AS_OF, time(17, 40))


def day_index(d):
    return max(0, bisect.bisect_left(DAYS, d.date() if isinstance(d, datetime) else d))


def at_work(d, early=9 * 60, late=18 * 60):
    """A minute of the working day, the lunch hour left out."""
    while True:
        minute = rnd.randrange(early, late)
        if not 12 * 60 <= minute < 13 * 60 + 30:
            return datetime.combine(d, time(minute // 60, minute % 60))


def later(t, low, high):
    """So many working days later; the same day means within hours. None: after the end."""
    n = rnd.randint(low, high)
    if n == 0:
        sooner = t + timedelta(minutes=rnd.randint(20, 150))
        if sooner.hour == 12:
            sooner = sooner.replace(hour=13, minute=rnd.randrange(31, 59))
        if sooner.hour < 18:
            return sooner if sooner <= NOW else None
        n = 1
    i = day_index(t) + n
    return at_work(DAYS[i]) if i < len(DAYS) and at_work(DAYS[i]) <= NOW else None


def soon(n):
    """The n-th working day from AS_OF, forward or back; 1 is the day it is read."""
    d, step = AS_OF, 1 if n > 0 else -1
    while n:
        d += timedelta(step)
        n -= step if d.weekday() < 5 else 0
    return d


def stamp(t):
    return t.strftime('%Y-%m-%dT%H:%M:%S')


def pick(weights):
    return rnd.choices(list(weights), list(weights.values()))[0]


def money(x):
    return str(Decimal(x).quantize(Decimal('.01'), ROUND_HALF_UP))


def compact(values):
    return {k: v for k, v in values.items() if v is not None and v != ''}
