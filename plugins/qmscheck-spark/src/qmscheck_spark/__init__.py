"""Apache Spark as an engine of qmscheck. Loaded when it is used."""

from __future__ import annotations
