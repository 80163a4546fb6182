"""The interface is asked on the day of the shop of the tests."""

from tests.clock import stop_the_clock

__all__ = ["stop_the_clock"]  # a fixture that each test uses
