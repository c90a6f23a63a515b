"""The fixtures and hooks of the tests, for the programs here that pytest runs."""

from tests.conftest import *  # noqa: F403
