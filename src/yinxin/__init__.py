"""Yinxin (印信): the system of record for what an institution holds on behalf of its customers."""

__version__ = "0.1.0"
