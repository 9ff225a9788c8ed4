# SPDX-License-Identifier: Apache-2.0

"""The driver of a command that creates one resource and shows it."""

from collections.abc import Sequence
import logging
import sys
from typing import Any
from urllib import parse

from osc_cinderlite.commands import columns, errors, options, output, signals
from osc_cinderlite.commands.driver import FAILED, TIMED_OUT, Driver
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.creating.job import Job, Step
from osc_cinderlite.lib.resource import Resource
from osc_cinderlite.lib.text import printable

LOG = logging.getLogger(__name__)

_DRY_RUN = ('method', 'path', 'microversion', 'body')


class SingleDriver(Driver):
    """One run of a command that creates one resource."""

    _job: Job | None = None

    def create(self) -> tuple[Sequence[str], Sequence[Any]]:
        """Create the resource and return the columns to show.

        :raises exceptions.ClientException: if nothing was created
        """
        self.check_output(
            _DRY_RUN if self.args.dry_run else self.noun.columns()
        )
        self._job = job = self._new_job()
        if self.args.dry_run:
            return self._columns(self._plan(job))
        try:
            while (step := job.next) is not None:
                resource = self._wait(job) if step is Step.WAIT else job.act()
                job.take(resource)
                if step is Step.CREATE:
                    self._tell_created(job, resource)
        except KeyboardInterrupt as error:
            if job.resource is None:
                raise
            self._fail(
                signals.status_of(error),
                _('Interrupted: %s') % self.what_is_left(),
            )
        except exceptions.ClientException as error:
            if job.resource is None:
                raise
            job.fail(error, getattr(error, 'resource', None))
            self._tell_failure(job.resource, error)
        return self._columns(self._record(job))

    def _new_job(self) -> Job:
        wanted = self.creation(self.args)
        self._name = wanted.name
        if self.args.or_show and not wanted.name:
            raise options.UsageError(
                _('--or-show needs the name of the %s') % self.noun.name
            )
        wanted.check()
        return Job(
            wanted,
            wait=bool(self.args.wait),
            or_show=bool(self.args.or_show),
            refresh=True,
        )

    def _columns(
        self, shown: dict[str, Any]
    ) -> tuple[Sequence[str], Sequence[Any]]:
        for name in self.noun.on_request - set(self.args.columns):
            shown.pop(name, None)
        for name in self.args.columns:
            shown.setdefault(name, None)
        self.live_line.close()
        return tuple(shown.keys()), tuple(shown.values())

    def _plan(self, job: Job) -> dict[str, Any]:
        """Return the columns of the request that would be sent."""
        http = self.client.http
        version = http.negotiate()
        planned = job.plan()
        if isinstance(planned, Resource):
            method, body = 'GET', None
            path = f'{self.manager.collection}/{planned.id}'
        else:
            method, path = 'POST', planned.path
            body = columns.JSONColumn(planned.body(version))
        return {
            'method': method,
            'path': f'{parse.urlsplit(http.endpoint).path}/{path}',
            'microversion': str(version) if version.major > 2 else None,
            'body': body,
        }

    def _tell_created(self, job: Job, resource: Resource) -> None:
        """Tell the ID as soon as it is known."""
        remark = self.noun.remark(job.creation)
        if remark is not None:
            self._tell(remark)
        if not job.is_followed:
            return
        text = (
            _('%(noun)s %(id)s (%(name)s) %(result)s; waiting for it')
            if job.next is Step.WAIT
            else _('%(noun)s %(id)s (%(name)s) %(result)s')
        )
        self._tell(
            text
            % {
                'noun': self.noun.name.capitalize(),
                'id': resource.id,
                'name': _label(resource),
                'result': 'exists' if job.existed else 'created',
            }
        )

    def _wait(self, job: Job) -> Resource:
        """Wait until the resource is available."""
        resource, wanted = job.resource, job.creation
        assert resource is not None
        label = _label(resource)
        with self.live_line.following(label, resource.status) as on_state:
            return wanted.manager.wait(
                resource,
                timeout=self.args.wait_timeout,
                source=wanted.source,
                on_state=on_state,
            )

    def _record(self, job: Job) -> dict[str, Any]:
        """Return the columns of what there is now."""
        resource, full = job.resource, job.is_followed
        assert resource is not None
        if full and not self._status:
            self.review(job.creation, resource)
        return self.noun.show(resource, job.creation, full=full)

    def _tell_failure(
        self, resource: Resource, error: exceptions.ClientException
    ) -> None:
        if isinstance(error, exceptions.WaitTimeout):
            self._fail(TIMED_OUT, f'{error}; {self.what_is_left()}')
        else:
            doing = _('finish %(noun)s %(id)s') % {
                'noun': self.noun.name,
                'id': resource.id,
            }
            self._fail(FAILED, self.explain(error, doing=doing))

    def _tell(self, text: str) -> None:
        """Tell the state to a person, or to a script that waits.

        The stock commands are silent in success, and scripts that merge the
        streams rely on it.
        """
        if self.args.wait or output.is_terminal(sys.stderr):
            output.say(text, self.quiet)

    def _fail(self, status: int, message: str) -> None:
        """End with an exit status, but show what there is."""
        self._status = status
        LOG.error('%s', message)

    def what_is_left(self) -> str:
        job = self._job
        if job is not None and job.resource is not None:
            facts = {
                'noun': self.noun.name,
                'id': job.resource.id,
                'look': self.command('show', job.resource.id),
            }
            if facts['look'] is not None:
                text = _(
                    '%(noun)s %(id)s is left as it is; look again with '
                    "'%(look)s'"
                )
            elif self._name is not None:
                text = _(
                    '%(noun)s %(id)s is left as it is; repeat it with '
                    '--or-show to look again'
                )
            else:
                text = _('%(noun)s %(id)s is left as it is')
            return text % facts
        if job is None or job.request is None or not job.maybe_sent:
            return _('no %s was created') % self.noun.name
        return _(
            'the %(noun)s may or may not exist; %(check)s '
            '(Global-Request-ID: %(id)s)'
        ) % {
            'noun': self.noun.name,
            'check': errors.check(self.noun, self.commands, self._name),
            'id': job.request.once.request_id,
        }

    def what_exists(self) -> str | None:
        if self._job is None or self._job.resource is None:
            return None
        return _('%(noun)s %(id)s exists, but cannot be shown') % {
            'noun': self.noun.name.capitalize(),
            'id': self._job.resource.id,
        }


def _label(resource: Resource) -> str:
    return printable(resource.name or resource.id)
