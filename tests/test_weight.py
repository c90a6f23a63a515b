import pytest
from ecoindex import ecoindex


@pytest.mark.parametrize(("measured", "score"), [((240, 20, 331), 83), ((100, 100, 100), 72), ((0, 0, 0), 100)])
def test_ecoindex_gives_the_published_scores(measured, score):
    assert ecoindex(*measured) == score
