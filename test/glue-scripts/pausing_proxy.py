"""An HTTP proxy before the emulator that holds one request, so that a test can act at that
moment."""

from __future__ import annotations

import contextlib
import http.client
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator


ANY = "*"


@dataclass(frozen=True)
class Moment:
    """A request, and the side of it: `before` the emulator sees it, or `after` it has answered.

    `action` is the method, or the API's name for services that have one in X-Amz-Target, or ANY.
    `mentions` are texts that path and body hold together; `skip` such requests pass first.
    """

    action: str
    mentions: tuple[str, ...]
    side: str
    skip: int = 0


@dataclass
class Proxy:
    """Holds the request of its moment until `drop`, and never passes it on; the rest passes."""

    upstream: str
    url: str = ""
    moment: Moment | None = None
    held: threading.Event = field(default_factory=threading.Event)
    dropped: threading.Event = field(default_factory=threading.Event)
    _seen: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def hold_at(self, moment: Moment) -> None:
        self.moment, self._seen = moment, 0
        self.held.clear()
        self.dropped.clear()

    def drop(self) -> None:
        self.moment = None
        self.dropped.set()

    def pause(self, side: str, action: str, text: str) -> None:
        moment = self.moment
        if moment is None or side != moment.side or moment.action not in (action, ANY):
            return
        if not all(word in text for word in moment.mentions):
            return
        with self._lock:
            self._seen += 1
            if self._seen != moment.skip + 1:
                return
        self.held.set()
        self.dropped.wait()
        raise ConnectionAbortedError("The client that was held is gone.")


def _handler(proxy: Proxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_any(self) -> None:
            body = self._body()
            target = self.headers.get("X-Amz-Target")
            action = target.split(".")[-1] if target else self.command
            text = f"{self.path} {body.decode(errors='replace')}" if target else self.path
            proxy.pause("before", action, text)
            upstream = http.client.HTTPConnection(urlsplit(proxy.upstream).netloc)
            try:
                headers = {
                    name: value
                    for name, value in self.headers.items()
                    if name.lower() not in ("expect", "transfer-encoding", "content-length")
                }
                upstream.request(self.command, self.path, body, headers)
                answer = upstream.getresponse()
                content = answer.read()
            finally:
                upstream.close()
            proxy.pause("after", action, text)
            self._answer(answer, content)

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
                return self.rfile.read(int(self.headers.get("Content-Length", "0")))
            body = b""
            while size := int(self.rfile.readline().split(b";")[0], 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
            return body

        def _answer(self, answer: http.client.HTTPResponse, content: bytes) -> None:
            self.send_response_only(answer.status, answer.reason)
            for name, value in answer.getheaders():
                if name.lower() not in ("transfer-encoding", "content-length", "connection"):
                    self.send_header(name, value)
            is_head = self.command == "HEAD"
            length = answer.getheader("Content-Length") if is_head else str(len(content))
            self.send_header("Content-Length", length or "0")
            self.end_headers()
            if not is_head:
                self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Says nothing."""

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = handle_any  # noqa: N815

    return Handler


class _QuietServer(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed leaves a broken connection, which is what these tests are
        for."""


@contextlib.contextmanager
def pausing_proxy(upstream: str) -> Iterator[Proxy]:
    """Listens on a free port of this machine; gives the proxy."""
    proxy = Proxy(upstream)
    server = _QuietServer(("127.0.0.1", 0), _handler(proxy))
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        proxy.drop()
        server.shutdown()
        server.server_close()
