# SPDX-License-Identifier: Apache-2.0

"""Errors of the library, as a command tells them."""

from collections.abc import Container
import shlex

from osc_cinderlite.commands.noun import Noun
from osc_cinderlite.i18n import _
from osc_cinderlite.lib import exceptions
from osc_cinderlite.lib.text import one_line


def explain(
    error: exceptions.ClientException,
    noun: Noun,
    doing: str | None,
    commands: Container[str],
) -> str:
    """Return one line: what failed, why, the request, what to do next.

    :param noun: what was to be created
    :param doing: what was being done, such as ``create volume 'data'``; or
        None where that is plain anyway
    :param commands: those of this OpenStackClient
    """
    if isinstance(error, exceptions.FieldError):
        name = noun.names.get(error.field)
        return error.explain(name or f'--{error.field.replace("_", "-")}')
    if isinstance(
        error,
        exceptions.InvalidInput
        | exceptions.MultipleMatches
        | exceptions.ResourceNotFound
        | exceptions.WaitTimeout,
    ):
        return str(error)
    line = str(error)
    if isinstance(error, exceptions.UnknownOutcome):
        line = line[:1].upper() + line[1:]
    elif doing is not None and not isinstance(
        error, exceptions.ResourceFailed
    ):
        line = _('Could not %(doing)s: %(error)s') % {
            'doing': one_line(doing),
            'error': error,
        }
    hint = next(
        (hint for words, hint in noun.hints.items() if words in error.message),
        None,
    ) or _next_step(error, noun, commands)
    return f'{line.rstrip(".")}; {hint}' if hint else line


def command(
    noun: Noun, commands: Container[str], verb: str, *arguments: str
) -> str | None:
    """Return a command line, if this OpenStackClient has the command."""
    if f'{noun.name} {verb}' not in commands:
        return None
    return one_line(' '.join(('openstack', noun.name, verb, *arguments)))


def check(
    noun: Noun,
    commands: Container[str],
    name: str | None,
    *filters: str,
) -> str:
    """Return how to find out whether something was created.

    :param name: what it was to be named, or None
    :param filters: options of the command that lists it
    """
    look = command(noun, commands, 'list', *filters)
    if look is not None:
        return _("check with '%s' before retrying") % look
    return or_show() if name else _('look for it before retrying')


def or_show() -> str:
    """Return what to do if this OpenStackClient has no command to look."""
    return _('retry with --or-show, which creates only what is missing')


def _next_step(
    error: exceptions.ClientException, noun: Noun, commands: Container[str]
) -> str | None:
    if isinstance(error, exceptions.CreatedTwice):
        return None
    if isinstance(error, exceptions.UnknownOutcome):
        named = ('--name', shlex.quote(error.name)) if error.name else ()
        return check(noun, commands, error.name, *named)
    if isinstance(error, exceptions.HTTPError) and error.retry_after:
        return _('try again in %d seconds') % error.retry_after
    if error.status == 422:
        return _('a value is wrong, and this API version does not say which')
    # Cinder itself responds 404 only for a collection that it lacks.
    is_nowhere = (
        isinstance(error, exceptions.NotFound) and not error.from_cinder
    )
    if error.code == 'redirect' or is_nowhere:
        return _('check the endpoint URL: it is not the Block Storage service')
    if isinstance(error, exceptions.MissingEndpoint):
        return _next_step_without_endpoint(error.wrong)
    steps: tuple[tuple[type[Exception], str], ...] = (
        (exceptions.Unauthorized, _('check the credentials')),
        (
            exceptions.Forbidden,
            _('ask the administrator of the project for the right to do it'),
        ),
        (
            exceptions.OverLimit,
            _(
                "delete resources or request a larger quota; 'openstack quota "
                "show --usage' shows it"
            ),
        ),
        (
            exceptions.NotAcceptable,
            _('leave --os-volume-api-version out to use what the cloud has'),
        ),
        (exceptions.TooManyRequests, _('try again later')),
        (
            exceptions.ServerError,
            _(
                'try again later; if it persists, report the request ID to '
                'the cloud operator'
            )
            if error.request_id
            else _('try again later'),
        ),
        (
            exceptions.ProxyFailed,
            _('check http_proxy, https_proxy and no_proxy'),
        ),
        (
            exceptions.UntrustedServer,
            _('check --os-cacert and the name in the endpoint'),
        ),
        (
            exceptions.ConnectionFailed,
            _('check the network and the endpoint, then try again'),
        ),
    )
    return next(
        (step for kind, step in steps if isinstance(error, kind)), None
    )


def _next_step_without_endpoint(wrong: str | None) -> str:
    steps = {
        'project': _(
            'the token is not scoped to a project: give --os-project-name'
        ),
        'region_name': _('check --os-region-name'),
        'interface': _('check --os-interface'),
        'service_name': _('check block_storage_service_name in clouds.yaml'),
        'version': _(
            'leave --os-volume-api-version out to use what the cloud has'
        ),
    }
    return steps.get(
        wrong or '', _("check the catalog with 'openstack catalog list'")
    )
