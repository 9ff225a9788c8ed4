# SPDX-License-Identifier: Apache-2.0

"""SQLite under many threads.

oslo.db begins every transaction as a deferred one. When two that have read
want to write, SQLite fails one at once with "database is locked", whatever
the timeout. So a writer takes the write lock from the beginning, and waits
for it in a queue of this process rather than by SQLite's polling. Readers
have an engine of their own and wait for nobody.
"""

from __future__ import annotations

import threading
from typing import Any

from oslo_db.sqlalchemy import engines
import sqlalchemy
from sqlalchemy import event, pool


def keep_connections() -> None:
    """oslo.db opens a connection for each transaction: pool them.

    And it gives way to other threads after each, which on a busy machine is
    to wait for other processes.
    """
    create_engine = sqlalchemy.create_engine

    def pooled(url: Any, **options: Any) -> sqlalchemy.Engine:
        options.setdefault('connect_args', {})['check_same_thread'] = False
        options.update(
            poolclass=pool.QueuePool,
            pool_size=32,
            max_overflow=-1,
            pool_pre_ping=False,
        )
        return create_engine(url, **options)

    sqlalchemy.create_engine = pooled
    engines._thread_yield = lambda *args: None


def queue_writers(engine: sqlalchemy.Engine) -> None:
    lock = threading.RLock()

    @event.listens_for(engine, 'before_cursor_execute', retval=True)
    def begin(
        connection: sqlalchemy.Connection,
        cursor: Any,
        statement: str,
        parameters: Any,
        context: Any,
        executemany: bool,
    ) -> tuple[str, Any]:
        if statement == 'BEGIN':
            lock.acquire()
            statement = 'BEGIN IMMEDIATE'
        return statement, parameters

    # One of these comes after a failure, too, also of the BEGIN itself.
    @event.listens_for(engine, 'commit')
    @event.listens_for(engine, 'rollback')
    def end(connection: sqlalchemy.Connection) -> None:
        lock.release()
