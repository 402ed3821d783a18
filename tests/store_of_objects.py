"""A small server of S3 on loopback: keys and signatures are checked (version 4), lists come in pages, objects in ranges.

As the public description of the service has it (Amazon S3 API Reference; AWS Signature Version 4): `ListObjectsV2`,
`HeadObject`, `GetObject` with `Range` and `If-Match`, and its errors as XML. Nothing can be written.
"""

from __future__ import annotations

import hashlib
import hmac
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, quote, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET = "auditor-key", "s3cr3t-of-the-auditor"
PAGE = 3


@dataclass
class Service:
    """What the server has, and what it was asked. `after` is called when a range of an object has been sent."""

    buckets: dict[str, dict[str, bytes]] = field(default_factory=dict)
    shut: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    after: Callable[[str], None] | None = None
    address: str = ""


@contextmanager
def serving() -> Iterator[Service]:
    service = Service()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"service": service}))
    service.address = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield service
    server.shutdown()
    server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    service: Service

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        split = urlsplit(self.path)
        self.service.asked.append(f"{self.command} {self.path}")
        bucket, _, key = unquote(split.path).lstrip("/").partition("/")
        refused = self._refused(split.path, split.query)
        if refused:
            self._error(403, refused)
        elif bucket not in self.service.buckets:
            self._error(404, "NoSuchBucket")
        elif bucket in self.service.shut:
            self._error(403, "AccessDenied")
        elif not key:
            self._list(bucket, dict(parse_qsl(split.query, keep_blank_values=True)))
        elif key not in self.service.buckets[bucket]:
            self._error(404, "NoSuchKey")
        else:
            self._object(key, self.service.buckets[bucket][key])

    do_HEAD = do_GET  # noqa: N815  (so the standard library calls it)

    def _refused(self, path: str, query: str) -> str | None:
        """Check the signature of a request; one without any may read buckets that are called public."""
        told = self.headers.get("Authorization", "")
        if not told:
            return None if path.startswith("/public") else "AccessDenied"
        parts = dict(part.strip().split("=", 1) for part in told.partition(" ")[2].split(","))
        key, *scope = parts["Credential"].split("/")
        if key != KEY:
            return "InvalidAccessKeyId"
        pairs = sorted(f"{quote(n, '')}={quote(v, '')}" for n, v in parse_qsl(query, keep_blank_values=True))
        names = parts["SignedHeaders"].split(";")
        headers = "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names)
        payload = self.headers["x-amz-content-sha256"]
        request = "\n".join([self.command, path, "&".join(pairs), headers, parts["SignedHeaders"], payload])
        digest = hashlib.sha256(request.encode()).hexdigest()
        text = "\n".join(["AWS4-HMAC-SHA256", self.headers["x-amz-date"], "/".join(scope), digest])
        signing = f"AWS4{SECRET}".encode()
        for part in [*scope, text]:
            signing = hmac.digest(signing, part.encode(), "sha256")
        return None if hmac.compare_digest(signing.hex(), parts["Signature"]) else "SignatureDoesNotMatch"

    def _list(self, bucket: str, asked: Mapping[str, str]) -> None:
        """Give one page of the keys that begin so; with a delimiter the rest of a key is folded into its folder."""
        prefix, delimiter = asked.get("prefix", ""), asked.get("delimiter", "")
        folders: dict[str, None] = {}
        keys: list[str] = []
        for key in sorted(self.service.buckets[bucket]):
            if key.startswith(prefix):
                rest, found, _ = key[len(prefix) :].partition(delimiter) if delimiter else (key, "", "")
                (folders.setdefault(prefix + rest + delimiter) if found else keys.append(key))
        every = sorted([*folders, *keys])
        start = int(asked.get("continuation-token", "0"))
        page = every[start : start + min(PAGE, int(asked.get("max-keys", "1000")))]
        rest_of_it = start + len(page) < len(every)
        shown = [self._folder(one) if one in folders else self._key(bucket, one) for one in page]
        token = f"<NextContinuationToken>{start + len(page)}</NextContinuationToken>" if rest_of_it else ""
        head = f"<Name>{bucket}</Name><Prefix>{escape(prefix)}</Prefix><KeyCount>{len(page)}</KeyCount>"
        more = f"<IsTruncated>{str(rest_of_it).lower()}</IsTruncated>{token}"
        self._xml(200, f"<ListBucketResult>{head}{more}{''.join(shown)}</ListBucketResult>")

    def _folder(self, name: str) -> str:
        return f"<CommonPrefixes><Prefix>{escape(name)}</Prefix></CommonPrefixes>"

    def _key(self, bucket: str, key: str) -> str:
        content = self.service.buckets[bucket][key]
        day = "<LastModified>2026-11-01T00:00:00.000Z</LastModified>"
        size = f"<ETag>{escape(_tag(content))}</ETag><Size>{len(content)}</Size>"
        return f"<Contents><Key>{escape(key)}</Key>{day}{size}<StorageClass>STANDARD</StorageClass></Contents>"

    def _object(self, key: str, content: bytes) -> None:
        tag = _tag(content)
        if self.headers.get("If-Match", tag) != tag:
            self._error(412, "PreconditionFailed")
            return
        wanted = self.headers.get("Range")
        status, piece = 200, content
        if wanted:
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            piece = content[int(first) : int(last) + 1 if last else None]
            status = 206
        self.send_response(status)
        for name, value in {
            "Content-Length": str(len(piece)),
            "Content-Type": "binary/octet-stream",
            "ETag": tag,
            "Last-Modified": "Sun, 01 Nov 2026 00:00:00 GMT",
            "Accept-Ranges": "bytes",
            **({"Content-Range": f"bytes {first}-{int(first) + len(piece) - 1}/{len(content)}"} if wanted else {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(piece)
            if self.service.after:
                self.service.after(key)

    def _error(self, status: int, code: str) -> None:
        self._xml(status, f"<Error><Code>{code}</Code><Message>{code} it is</Message></Error>")

    def _xml(self, status: int, text: str) -> None:
        body = f'<?xml version="1.0" encoding="UTF-8"?>{text}'.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'
