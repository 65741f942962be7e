"""The asset graph of both code locations: it loads, hangs together, and says what it is."""

import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator

import dagster as dg
import pytest

BY_HAND = {dg.AssetKey(["ledger", "accounts"])}
"""Made by a migration, so nothing leads to it; the marts read it."""


@pytest.fixture(scope="module")
def locations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, dg.Definitions]]:
    """Both locations, as `dagster definitions validate` loads them."""
    before = os.environ.get("KNOCKON_STATE_DIR")
    os.environ["KNOCKON_STATE_DIR"] = str(tmp_path_factory.mktemp("definitions"))
    from orchestration.definitions import batch, realtime

    yield {"realtime": realtime.defs, "batch": batch.defs}
    if before is None:
        del os.environ["KNOCKON_STATE_DIR"]
    else:
        os.environ["KNOCKON_STATE_DIR"] = before


@pytest.fixture(scope="module")
def specs(locations: dict[str, dg.Definitions]) -> dict[dg.AssetKey, dg.AssetSpec]:
    found: dict[dg.AssetKey, dg.AssetSpec] = {}
    for defs in locations.values():
        for spec in defs.resolve_all_asset_specs():
            if spec.description is None and not spec.deps:
                continue  # a stand-in for what the other location defines
            assert spec.key not in found, f"{spec.key} is defined twice"
            found[spec.key] = spec
    return found


def test_both_locations_are_loadable(locations: dict[str, dg.Definitions]) -> None:
    for defs in locations.values():
        dg.Definitions.validate_loadable(defs)


def test_the_graph_is_one_piece(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    neighbours = defaultdict(set)
    for spec in specs.values():
        for dependency in spec.deps:
            assert dependency.asset_key in specs, f"{spec.key} hangs on nothing"
            neighbours[spec.key].add(dependency.asset_key)
            neighbours[dependency.asset_key].add(spec.key)
    seen, ahead = set(), [next(iter(specs))]
    while ahead:
        key = ahead.pop()
        if key not in seen:
            seen.add(key)
            ahead.extend(neighbours[key])
    assert seen == set(specs)


def test_every_mart_leads_back_to_a_topic(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    def origins(key: dg.AssetKey) -> set[dg.AssetKey]:
        above = {dependency.asset_key for dependency in specs[key].deps}
        return set().union(*map(origins, above)) if above else {key}

    marts = [key for key in specs if key.path[0] == "marts"]
    assert len(marts) == 18
    for mart in marts:
        found = origins(mart) - BY_HAND
        assert found
        assert {key.path[0] for key in found} <= {"kafka", "mlflow"}, mart
        assert any(key.path[0] == "kafka" for key in found)


def test_every_asset_says_what_it_is(specs: dict[dg.AssetKey, dg.AssetSpec]) -> None:
    for spec in specs.values():
        assert spec.description, spec.key
        assert spec.group_name not in (None, "default"), spec.key
        assert spec.owners, spec.key
        assert spec.kinds, spec.key
        assert "layer" in spec.tags, spec.key


def test_the_light_location_imports_nothing_heavy() -> None:
    """A fresh interpreter: the other tests have imported everything."""

    program = (
        "import sys, orchestration.definitions.realtime\n"
        "print(*(set(sys.modules) & {'dbt', 'mlflow', 'sklearn', 'pandas', 'dagster_dbt'}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr[-1000:]
