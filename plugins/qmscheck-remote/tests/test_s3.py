"""Files in a store of S3, on loopback: what is read, with whose key, and what is said of what cannot be had."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from folders import audited
from store_of_objects import KEY, PAGE, SECRET, Service, serving
from test_evidence import RULESET

from qmscheck.errors import QmscheckError
from qmscheck.model import AuditRecord

GOOD = b"id,received,days\n1,2026-01-02,3\n2,,4\n"


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with serving() as service:
        yield service


@pytest.fixture
def service(running: Service, monkeypatch: pytest.MonkeyPatch) -> Service:
    monkeypatch.setenv("STORE_SECRET", SECRET)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "AWS_ENDPOINT_URL"):
        monkeypatch.delenv(name, raising=False)
    own = {"AWS_EC2_METADATA_DISABLED": "true", "AWS_MAX_ATTEMPTS": "1", "AWS_DEFAULT_REGION": "eu-west-1"}
    for name, value in {**own, "AWS_CONFIG_FILE": "none", "AWS_SHARED_CREDENTIALS_FILE": "none"}.items():
        monkeypatch.setenv(name, value)
    running.buckets.clear()
    running.shut.clear()
    running.asked.clear()
    running.after = None
    running.buckets["firm"] = {"logs/complaints.csv": GOOD}
    return running


def audit(folder: Path, service: Service, path: str = "s3://firm/logs/complaints.csv", **more: object) -> AuditRecord:
    given = {"endpoint_url": service.address, "key": KEY, "secret": "env:STORE_SECRET"} | more
    told = ", ".join(f"{name} = {_toml(value)}" for name, value in given.items() if value is not None)
    source = f'[[source]]\ntable = "complaints"\npath = "{path}"\nsettings = {{ {told} }}\n'
    return audited(folder, RULESET, source)


def _toml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f'"{value}"' if isinstance(value, str) else str(value)


def test_an_object_is_read_and_the_record_has_the_digest_of_its_bytes(service: Service, tmp_path: Path) -> None:
    record = audit(tmp_path, service)
    (entry,) = record.evidence
    assert (entry.locator, entry.rows_read) == ("s3:firm/logs/complaints.csv", 2)
    assert entry.sha256 == hashlib.sha256(GOOD).hexdigest()
    assert SECRET not in record.model_dump_json()


def test_a_pattern_takes_every_key_that_fits_over_all_pages_of_the_list(service: Service, tmp_path: Path) -> None:
    names = [f"logs/c{number:02}.csv" for number in range(3 * PAGE + 1)]
    service.buckets["firm"] = dict.fromkeys([*names, "logs/other.txt", "elsewhere/c99.csv"], GOOD)
    record = audit(tmp_path, service, "s3://firm/logs/c*.csv")
    assert [entry.locator for entry in record.evidence] == [f"s3:firm/{name}" for name in names]
    assert any("continuation-token" in one for one in service.asked)


def test_a_pattern_may_stand_for_folders(service: Service, tmp_path: Path) -> None:
    service.buckets["firm"] = dict.fromkeys(["2025/c.csv", "2026/c.csv", "2026/d.csv"], GOOD)
    record = audit(tmp_path, service, "s3://firm/*/c.csv")
    assert [entry.locator for entry in record.evidence] == ["s3:firm/2025/c.csv", "s3:firm/2026/c.csv"]


@pytest.mark.parametrize("path", ["s3://firm/logs/complaints.csv", "s3://firm/logs/c*.csv"])
@pytest.mark.parametrize("more", [{"key": "somebody"}, {"secret": "env:OTHER"}])
def test_a_login_that_is_refused_is_no_missing_file(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str, more: dict[str, str]
) -> None:
    monkeypatch.setenv("OTHER", "wr0ng-s3cret")
    record = audit(tmp_path, service, path, **more)
    (entry,) = record.evidence
    assert entry.status == "missing"
    assert str(entry.detail).startswith(f"{path} cannot be reached: PermissionError")
    assert "wr0ng" not in record.model_dump_json()
    assert {f.verdict for f in record.findings} == {"insufficient"}


@pytest.mark.parametrize("path", ["s3://firm/logs/complaints.csv", "s3://firm/logs/c*.csv"])
def test_a_bucket_that_is_shut_is_no_missing_file(service: Service, tmp_path: Path, path: str) -> None:
    service.shut.add("firm")
    (entry,) = audit(tmp_path, service, path).evidence
    assert str(entry.detail).startswith(f"{path} cannot be reached: PermissionError")


@pytest.mark.parametrize("path", ["s3://firm/logs/none.csv", "s3://firm/logs/n*.csv", "s3://firm/none/n*.csv"])
def test_a_key_that_is_not_there_is_told_as_that(service: Service, tmp_path: Path, path: str) -> None:
    record = audit(tmp_path, service, path)
    assert record.evidence[0].detail == f"there is no file at {path}"
    assert {f.verdict for f in record.findings} == {"insufficient"}


@pytest.mark.parametrize("path", ["s3://nobody/c.csv", "s3://nobody/c*.csv"])
def test_a_bucket_that_is_not_there_is_told_as_that(service: Service, tmp_path: Path, path: str) -> None:
    record = audit(tmp_path, service, path)
    assert record.evidence[0].detail == f"there is no file at {path}: its bucket is not there"
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_a_server_that_is_not_there_is_no_missing_file(service: Service, tmp_path: Path) -> None:
    (entry,) = audit(tmp_path, service, endpoint_url="http://127.0.0.1:1").evidence
    assert "cannot be reached: EndpointConnectionError" in str(entry.detail)


def test_an_object_that_changes_while_it_is_fetched_is_refused_and_no_mixture_is_read(
    service: Service, tmp_path: Path
) -> None:
    content = b"id,received,days\n" + b"1,2026-01-02,3\n" * 200_000
    service.buckets["firm"]["logs/complaints.csv"] = content

    def changed(key: str) -> None:
        service.buckets["firm"][key] = content.replace(b"2026-01-02,3", b"2026-01-02,9")

    service.after = changed
    record = audit(tmp_path, service, default_block_size=65_536)
    (entry,) = record.evidence
    assert sum(one.startswith("GET /firm/logs/complaints.csv") for one in service.asked) > 1
    assert entry.status == "missing"
    assert "s3://firm/logs/complaints.csv cannot be fetched: " in str(entry.detail)
    assert {f.verdict for f in record.findings} == {"insufficient"}


def test_an_object_that_changes_after_it_was_fetched_is_judged_as_it_was_hashed(
    service: Service, tmp_path: Path
) -> None:
    def changed(key: str) -> None:
        service.buckets["firm"][key] = b"id,received,days\n"

    service.after = changed
    (entry,) = audit(tmp_path, service).evidence
    assert (entry.rows_read, entry.sha256) == (2, hashlib.sha256(GOOD).hexdigest())


def test_an_object_that_changed_between_two_audits_is_fetched_anew(service: Service, tmp_path: Path) -> None:
    for more in (b"", b"3,,5\n"):
        service.buckets["firm"]["logs/complaints.csv"] = GOOD + more
        (entry,) = audit(tmp_path, service).evidence
        assert entry.sha256 == hashlib.sha256(GOOD + more).hexdigest()


@pytest.mark.parametrize(("anon", "status"), [(True, "read"), (False, "missing")])
def test_who_reads_as_nobody_needs_no_key_and_who_does_not_needs_one(
    service: Service, tmp_path: Path, anon: bool, status: str
) -> None:
    service.buckets["public"] = {"c.csv": GOOD}
    (entry,) = audit(tmp_path, service, "s3://public/c.csv", anon=anon, key=None, secret=None).evidence
    assert entry.status == status


def test_a_member_of_an_archive_in_a_store_is_read_with_the_login_of_the_store(
    service: Service, tmp_path: Path
) -> None:
    import io
    import zipfile

    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("in/complaints.csv", GOOD)
    service.buckets["firm"]["export.zip"] = made.getvalue()
    (entry,) = audit(tmp_path, service, "zip://in/complaints.csv::s3://firm/export.zip").evidence
    assert (entry.rows_read, entry.sha256) == (2, hashlib.sha256(GOOD).hexdigest())


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ('anon = "false"', "settings.anon should be true or false"),
        ("anon = 1", "settings.anon should be true or false"),
        ('max_concurrency = "4"', "settings.max_concurrency should be a whole number"),
        ("max_concurrency = true", "settings.max_concurrency should be a whole number"),
        ("default_cache_type = 3", "settings.default_cache_type should be text"),
        ("endpont_url = 'http://127.0.0.1:1'", "settings.endpont_url is no setting of this service"),
        ("anon = 0.5", "'settings.anon' should be text, a whole number, true or false"),
        ("anon = [true]", "'settings.anon' should be text, a whole number, true or false"),
        ('secret = "s3cr3t"', "'settings.secret' holds a secret"),
        ("secret = 31415926", "'settings.secret' holds a secret"),
        ("secret = 31415926.5", "'settings.secret' holds a secret"),
        ('key = "env:QMSCHECK_NOT_SET"', "settings.key refers to, is not set"),
    ],
)
def test_a_setting_of_another_type_is_refused_at_its_place(
    service: Service, tmp_path: Path, setting: str, message: str
) -> None:
    source = f'[[source]]\ntable = "complaints"\npath = "s3://firm/c.csv"\n[source.settings]\n{setting}\n'
    with pytest.raises(QmscheckError) as refused:
        audited(tmp_path, RULESET, source)
    (problem,) = refused.value.problems
    assert message in problem.message
    assert problem.line == 10
    assert "31415926" not in str(refused.value)
    assert service.asked == []


def test_settings_in_a_list_of_texts_are_read_as_the_type_that_is_wanted(service: Service, tmp_path: Path) -> None:
    service.buckets["public"] = {"c.csv": GOOD}
    for anon, rows in (("true", 2), ("False", None)):
        listed = f'["endpoint_url={service.address}", "anon={anon}", "max_concurrency=4"]'
        source = f'[[source]]\ntable = "complaints"\npath = "s3://public/c.csv"\nsettings = {listed}\n'
        assert audited(tmp_path, RULESET, source).evidence[0].rows_read == (rows or 0)
