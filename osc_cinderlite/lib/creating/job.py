# SPDX-License-Identifier: Apache-2.0

"""The life of one create, from its request to its end.

A :class:`Job` knows what is next and never waits: single commands and bulk
ones are two drivers of the same jobs::

    CREATE --+--> WAIT --+--> FOLLOW_UP --+--> done
             |           |                |
             +-----------+----------------+--> done, or failed
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Literal

from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.creation import Creation
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.resources.requests import CreateRequest

Word = Literal[
    'created',
    'exists',
    'failed',
    'timeout',
    'unknown',
    'skipped',
    'recent',
    'to create',
]


class Step(enum.Enum):
    """Step of a job."""

    CREATE = 'create'
    WAIT = 'wait'
    FOLLOW_UP = 'follow up'


@dataclasses.dataclass(frozen=True)
class Result:
    """Result of one create.

    :param creation: what was to be created
    :param result: ``created``, ``exists`` (and was taken), ``failed``,
        ``timeout`` (it was not available in time), ``unknown`` (it was sent
        and may or may not exist), ``skipped`` (it was not sent),
        ``recent`` (it was not needed), or ``to create`` in a preview
    :param resource: the record as last seen, or None if there is none
    :param error: why it failed, is unknown or was skipped
    :param existed: whether it was there before
    """

    creation: Creation
    result: Word
    resource: Resource | None = None
    error: exceptions.ClientException | None = None
    existed: bool = False


@dataclasses.dataclass(eq=False)
class Job:
    """One create, until its end.

    :param creation: what is to be created
    :param wait: whether to wait until it is available
    :param or_show: whether to take what has the wanted name already
    :param refresh: whether the record is wanted as the follow-ups leave it

    :ivar resource: the record as last seen, or None
    :ivar existed: whether it was there before
    :ivar error: why the job has failed, or None
    :ivar request: the request of the create, once it was sent
    """

    creation: Creation
    _: dataclasses.KW_ONLY
    wait: bool = False
    or_show: bool = False
    refresh: bool = False
    resource: Resource | None = dataclasses.field(default=None, init=False)
    existed: bool = dataclasses.field(default=False, init=False)
    error: exceptions.ClientException | None = dataclasses.field(
        default=None, init=False
    )
    request: CreateRequest | None = dataclasses.field(default=None, init=False)
    _done: set[Step] = dataclasses.field(default_factory=set, init=False)

    @property
    def next(self) -> Step | None:
        """The next step, or None at the end."""
        if self.error is not None or self.creation.skip is not None:
            return None
        wanted = {
            Step.CREATE: True,
            Step.WAIT: self._is_to_wait(),
            Step.FOLLOW_UP: self._is_to_follow_up(),
        }
        for step in Step:
            if wanted[step] and step not in self._done:
                return step
        return None

    @property
    def is_followed(self) -> bool:
        """True if more follows the request of the create."""
        return self.wait or self._is_to_follow_up()

    def _is_to_follow_up(self) -> bool:
        return bool(self.creation.follow_ups) and not self.existed

    def _is_to_wait(self) -> bool:
        if self.existed and self.resource is not None:
            good = self.resource.status in self.creation.manager.succeeded
            return self.wait and not good
        return self.is_followed

    @property
    def maybe_sent(self) -> bool:
        """True if a resource may exist whose ID is unknown."""
        return (
            self.resource is None
            and self.request is not None
            and self.request.once.maybe_done
        )

    def act(self) -> Resource:
        """Send what is next, unless that is to wait.

        :return: the record to be handed to :meth:`take`
        :raises exceptions.ClientException: what is to be handed to
            :meth:`fail`
        """
        if self.resource is not None:
            self.creation.follow_up(self.resource.id)
            if self.refresh:
                return self.creation.manager.get(self.resource.id)
            return self.resource
        existing = self.creation.existing() if self.or_show else None
        if existing is not None:
            self.existed = True
            return existing
        self.creation.prepare()
        while True:
            self.request = self.creation.request()
            try:
                return self.creation.manager.create_from(self.request)
            except exceptions.ClientException as refusal:
                if not self.creation.amend(refusal):
                    raise

    def take(self, resource: Resource) -> None:
        """Finish the present step with its record."""
        step = self.next
        assert step is not None
        self.resource = resource
        self._done.add(step)

    def fail(
        self,
        error: exceptions.ClientException,
        resource: Resource | None = None,
    ) -> None:
        """End the job with the error of the present step.

        :param resource: the record as last seen, if there is a newer one
        """
        self.error = error
        newest = getattr(error, 'resource', None)
        self.resource = resource or newest or self.resource

    def plan(self) -> Resource | CreateRequest:
        """Return what would be taken, or sent; look-ups alone are sent.

        :raises exceptions.ClientException: if it would fail
        """
        self.creation.check()
        existing = self.creation.existing() if self.or_show else None
        if existing is not None:
            return existing
        self.creation.prepare()
        return self.creation.request()

    def result(self) -> Result:
        """Return what has become of it."""
        if self.creation.skip is not None:
            word, resource, why = self.creation.skip
            return Result(self.creation, word, resource, why)
        return Result(
            self.creation,
            self._word(),
            self.resource,
            self.error,
            self.existed,
        )

    def abandoned(self) -> Result:
        """Return what is known of it if nobody waits for its end."""
        if self.resource is None:
            self.error = exceptions.UnknownOutcome(
                'interrupted before the server responded',
                name=self.creation.name,
            )
            return self.result()
        why = exceptions.ClientException('stopped waiting before completion')
        return dataclasses.replace(self.result(), error=why)

    def _word(self) -> Word:
        if isinstance(self.error, exceptions.UnknownOutcome):
            return 'unknown'
        if isinstance(self.error, exceptions.WaitTimeout):
            return 'timeout'
        if self.error is not None:
            return 'failed'
        return 'exists' if self.existed else 'created'
