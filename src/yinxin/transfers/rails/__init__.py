"""Rails (清算通道): what we tell other banks and what they answer, in ISO 20022.

Pure but for the port: values in, bytes out, and the other way. A `Rail` carries bytes to a bank
and brings back what it sent; which one is connected is told by `connect`.
"""

from .port import Rail, connect, connected

__all__ = ["Rail", "connect", "connected"]
