"""The file sink and the file source on a partner's SFTP server."""

from __future__ import annotations

from typing import ClassVar

from lingqu.connect.api import Options, SinkContext
from lingqu.connect.record_source import SourceContext
from lingqu_connectors.file.folder import Folder
from lingqu_connectors.file.sftp_folder import SftpFolder
from lingqu_connectors.file.sftp_options import SftpSinkOptions, SftpSourceOptions
from lingqu_connectors.file.sftp_session import Session
from lingqu_connectors.file.sink import FileSinkTask
from lingqu_connectors.file.source import FileSource


class SftpSinkTask(FileSinkTask):
    """Guarantee: each event is in exactly one file that a manifest names.

    As the file sink, on the server of a partner: what was begun before a connection was lost is
    written again whole, under the same name with the same bytes.
    """

    options_model: ClassVar[type[Options]] = SftpSinkOptions

    def _folder(self, context: SinkContext) -> Folder:
        return _folder(context)


class SftpSource(FileSource):
    """Guarantee: exactly once: a file, known by its name and content, is taken in once.

    As the file source. Each file is copied to this machine whole before a row of it is read.
    """

    options_model: ClassVar[type[Options]] = SftpSourceOptions

    def _folder(self, context: SourceContext) -> Folder:
        return _folder(context)


def _folder(context: SinkContext | SourceContext) -> Folder:
    options = context.options
    return SftpFolder(Session(options, context.secret, context.permit), options.folder)
