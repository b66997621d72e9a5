"""Where a manifest's name is looked for."""

from pathlib import Path

import pytest

from podproof.manifests import ManifestError, ManifestNotFoundError, find


def put(root: Path, *names: str) -> None:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()


WHERE = {
    "beside the feature": ("features/pods/manifests/foo.yaml", "foo.yaml"),
    "above it": ("features/manifests/foo.yaml", "foo.yaml"),
    "at the root": ("manifests/foo.yaml", "foo.yaml"),
    "in a folder of its own": ("manifests/pods/foo.yaml", "foo.yaml"),
    "said with its folder": ("manifests/pods/foo.yaml", "pods/foo.yaml"),
}


@pytest.mark.parametrize(("path", "name"), WHERE.values(), ids=WHERE.keys())
def test_a_manifest_is_found(tmp_path: Path, path: str, name: str) -> None:
    put(tmp_path, "features/pods/some.feature", path)

    assert find(name, tmp_path / "features/pods/some.feature", tmp_path) == tmp_path / path


def test_the_nearest_folder_wins(tmp_path: Path) -> None:
    put(tmp_path, "features/some.feature", "features/manifests/foo.yaml", "manifests/foo.yaml")

    assert find("foo.yaml", tmp_path / "features/some.feature", tmp_path) == tmp_path / "features/manifests/foo.yaml"


def test_what_comes_and_goes_meanwhile_is_seen(tmp_path: Path) -> None:
    beside = tmp_path / "some.feature"
    put(tmp_path, "manifests/a/foo.yaml")
    find("foo.yaml", beside, tmp_path)
    put(tmp_path, "manifests/b/bar.yaml")
    (tmp_path / "manifests/a/foo.yaml").unlink()

    assert find("bar.yaml", beside, tmp_path) == tmp_path / "manifests/b/bar.yaml"
    with pytest.raises(ManifestNotFoundError):
        find("foo.yaml", beside, tmp_path)


def test_the_search_ends_at_the_root(tmp_path: Path) -> None:
    put(tmp_path, "manifests/foo.yaml", "project/features/some.feature")

    with pytest.raises(ManifestNotFoundError):
        find("foo.yaml", tmp_path / "project/features/some.feature", tmp_path / "project")


def test_two_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    put(tmp_path, "some.feature", "manifests/a/foo.yaml", "manifests/b/foo.yaml")

    with pytest.raises(ManifestError, match=r'"foo\.yaml" is here 2 times: .*a/foo\.yaml, .*b/foo\.yaml; say which'):
        find("foo.yaml", tmp_path / "some.feature", tmp_path)


def test_what_is_missing_is_told_with_where_it_was_looked_for_and_what_comes_near(tmp_path: Path) -> None:
    put(tmp_path, "features/some.feature", "manifests/myapp-pod.yaml")

    with pytest.raises(ManifestNotFoundError) as caught:
        find("my-app-pod.yaml", tmp_path / "features/some.feature", tmp_path)

    assert str(caught.value) == (
        f'there is no manifest "my-app-pod.yaml"; looked in:\n  {tmp_path}/manifests\nDid you mean myapp-pod.yaml?'
    )
